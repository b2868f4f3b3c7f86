#!/usr/bin/env bash
# bench/order-job/run.sh [OPTION...]: builds Waggle (release) and prints the table of the order job, Waggle beside the bare
# program that logs and syncs. OPTIONs go to the benchmark: --rounds N (default 3), --phases speed,crash,outage, --out DIR.
# The benchmark itself (load generator, checking receiver, bare program) is not part of this project: WAGGLE_SHARED/bench,
# WAGGLE_SHARED defaulting to the folder `shared` beside the checkout.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bench=${WAGGLE_SHARED:-$root/../shared}/bench
if [ ! -x "$bench/run.sh" ]; then
  echo "bench/order-job: there is no benchmark in $bench; set WAGGLE_SHARED to the folder that holds bench/" >&2
  exit 1
fi
if [ -z "${WAGGLE:-}" ]; then
  "$root/scripts/build" release waggle webhook http
  export WAGGLE=$root/build/release/bin/waggle
fi
exec "$bench/run.sh" --peers-file "$here/peers.json" "$@"
