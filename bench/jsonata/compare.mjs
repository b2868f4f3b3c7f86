// Called by bench/jsonata/compare: measures the reference, runs bench_jsonata, prints both as a table.
// A rate is per second of processor time of all threads, the best of N runs: on a shared machine others only make a run slower.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const option = (name, otherwise) => {
  const i = process.argv.indexOf('--' + name);
  return i < 0 ? otherwise : process.argv[i + 1];
};
const runs = Number(option('runs', 5)), milliseconds = 300;
const program = 'build/release/bin/bench_jsonata', folder = 'build/reference/inputs';
const jsonata = createRequire(path.resolve('build/reference/package.json'))('jsonata');

const given = option('inputs') ? ['--inputs', option('inputs')] : [];
execFileSync(program, [...given, '--write-inputs', folder]);
const read = name => fs.readFileSync(path.join(folder, name), 'utf8');
const jobs = JSON.parse(read('jobs.json'));
const texts = { one: read('order.json'), many: read('orders.json') };

const cpu = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1000; };
async function rate(work) {
  const span = async () => {
    let done = 0, batch = 1, now;
    const start = cpu();
    do {
      for (let i = 0; i < batch; i++) await work();
      done += batch;
      now = cpu();
      if (now - start < milliseconds / 20) batch *= 2;
    } while (now - start < milliseconds);
    return done / ((now - start) / 1000);
  };
  await span();
  let best = 0;
  for (let i = 0; i < runs; i++) best = Math.max(best, await span());
  return best;
}

const ours = {};
const report = JSON.parse(execFileSync(program, [...given, '--benchmark_format=json', `--benchmark_repetitions=${runs}`,
  `--benchmark_min_time=${milliseconds / 1000}`], { maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] }));
for (const b of report.benchmarks.filter(b => b.run_type === 'iteration'))
  ours[b.run_name] = Math.max(ours[b.run_name] ?? 0, 1e9 / b.cpu_time);

const near = (a, b) => typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= 1e-9 * Math.abs(b)
  : a && b && typeof a === 'object' && typeof b === 'object'
    ? Object.keys(a).length === Object.keys(b).length && Object.keys(a).every(k => near(a[k], b[k])) : a === b;
const show = n => n >= 1000 ? Math.round(n).toLocaleString('en') : n.toPrecision(3);
const rows = [];
let differs = 0;
for (const size of ['one', 'many']) {
  const input = JSON.parse(texts[size]);
  for (const job of jobs) {
    const expression = jsonata(job[size]);
    const answer = JSON.parse(JSON.stringify(await expression.evaluate(input)));
    if (!near(job['answer_' + size], answer)) { differs++; console.error(`${size}/${job.name}: the answers differ`); }
    rows.push([`${size} ${job.name}`, ours[`${size}/${job.name}`], await rate(() => expression.evaluate(input))]);
  }
  rows.push([`${size} parse`, ours[`${size}/parse`], await rate(() => JSON.parse(texts[size]))]);
  if (size === 'one') rows.push(['one serialise', ours['one/serialise'], await rate(() => JSON.stringify(input))]);
  const map = jsonata(jobs.find(j => j.name === 'map')[size]);
  rows.push([`${size} bytes to bytes`, ours[`${size}/bytes_to_bytes`],
    await rate(async () => JSON.stringify(await map.evaluate(JSON.parse(texts[size]))))]);
}
const table = ['| per second of processor time | Waggle | npm jsonata 2.2.2 | times |', '|---|---|---|---|',
  ...rows.map(([name, our, ref]) => `| ${name} | ${show(our)} | ${show(ref)} | ${(our / ref).toFixed(1)} |`)].join('\n');
console.log(table);
if (option('markdown')) fs.writeFileSync(option('markdown'), table + '\n');
process.exit(differs ? 1 : 0);
