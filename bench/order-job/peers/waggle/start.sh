#!/bin/sh
# Serves the project beside this file with all it stores under $DATA. WAGGLE: the program to measure.
exec "${WAGGLE:?}" up "$(dirname "$0")/project" --listen "127.0.0.1:$PORT" --data "$DATA/store"
