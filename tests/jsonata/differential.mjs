// Compares our engine with the reference on generated expressions over realistic payloads.
//   tests/jsonata/differential build/dev/bin/waggle build/reference 20000 7     (installs the reference, runs this)
//   node tests/jsonata/differential.mjs --reference DIR/node_modules/jsonata --engine "PROGRAM that takes JSON lines"
//     [--general "THE SAME without fast paths"] [--count 20000] [--seed 1] [--show 40] [--payload FILE.json]
// Prints each divergence and exits 1 when there is one that is not listed in `known` below, or between the two ways of ours.
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import fs from 'node:fs';
import path from 'node:path';
import { makeGenerator, payloads } from './differential_generator.mjs';
import { makeShopGenerator, shopPayloads } from './differential_shop.mjs';

const args = {};
for (let i = 2; i < process.argv.length; i += 2) args[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const count = Number(args.count ?? 20000);
const seed = Number(args.seed ?? 1);
const nonsense = makeGenerator(seed), shop = makeShopGenerator(seed);
const inputs = args.payload ? [JSON.parse(fs.readFileSync(args.payload))] : payloads;
/// Every other case is a sensible one over a shop's payload, unless a payload is given.
function makeCase(i) {
  const { schema, data } = shopPayloads[(i >> 1) % shopPayloads.length];
  return i % 2 && !args.payload ? { expr: shop.expression(schema), input: data } : { expr: nonsense.expression(), input: inputs[i % inputs.length] };
}

// Divergences we chose, and why (see docs: differences from the reference).
const known = [
  // a regular expression left of ?? or ?: is lost by the reference, which copies that side through JSON
  (ref, our, expr) => /\/[im]*\W.*(\?\?|\?:)/.test(expr),
  // built-ins applied partially check their arguments with us; the reference hands anything to JavaScript
  (ref, our, expr) => our.error?.code === 'T0410' && expr.includes('?,'),
  // changing something that is no object is an error of its own
  (ref, our) => our.error?.code === 'W1008',
  // the reference evaluates the parts of an array or object at once: which of several errors it reports is chance
  (ref, our, expr) => ref.error?.code && our.error?.code && /[[{]/.test(expr),
  // division by zero and overflow are D1001 instead of null
  (ref, our) => our.error?.code === 'D1001',
  // errors of JavaScript itself get a code of ours
  (ref, our) => ref.error && !ref.error.code && our.error,
  // $replace of a plain text by a function puts the source of a JavaScript function into the text
  (ref, our, expr) => our.error?.code === 'D3012' && /\$replace\(.*", function/.test(expr),
  // grouping an empty array writes null into the input
  ref => ref.spoilt,
  // JavaScript errors where we can give the answer that was meant
  (ref, our) => ref.error && !ref.error.code && /is not a function|Cannot read|not iterable|undefined|Invalid/.test(ref.error.message ?? ''),
];

// The reference runs in a worker: some expressions keep it busy for ever, and only a worker can be stopped.
const workerSource = `
const { parentPort, workerData } = require('node:worker_threads');
const jsonata = require(workerData);
parentPort.on('message', async ({ expr, input }) => {
  const before = JSON.stringify(input);
  const spoilt = () => JSON.stringify(input) !== before;  // the reference may write into its input
  try {
    const result = await jsonata(expr, { timeout: 2000, stack: 500 }).evaluate(input);
    if (result === undefined) return parentPort.postMessage({ undefined: true, ...(spoilt() && { spoilt: true }) });
    const plain = (k, v) => (typeof v === 'function' || v?._jsonata_lambda || v?._jsonata_function ? '' : v);
    parentPort.postMessage({ result: JSON.parse(JSON.stringify(result, plain)), ...(spoilt() && { spoilt: true }) });
  } catch (e) { parentPort.postMessage({ error: { code: e.code, message: String(e.message) } }); }
});`;
let worker;
async function reference(expr, input) {
  worker ??= new Worker(workerSource, { eval: true, workerData: path.resolve(args.reference ?? 'node_modules/jsonata') });
  return new Promise(resolve => {
    const timer = setTimeout(() => { worker.terminate(); worker = undefined; resolve({ hangs: true }); }, 5000);
    worker.once('message', answer => { clearTimeout(timer); resolve(answer); });
    worker.once('error', error => { clearTimeout(timer); worker = undefined; resolve({ error: { message: String(error.message) } }); });
    worker.postMessage({ expr, input });
  });
}

function canonical(v) {
  if (Array.isArray(v)) return v.map(canonical);
  if (v && typeof v === 'object') return Object.fromEntries(Object.keys(v).sort().map(k => [k, canonical(v[k])]));
  return Object.is(v, -0) ? 0 : v;
}
const same = (a, b) => a.error || b.error ? a.error?.code === b.error?.code && !a.error === !b.error
  : JSON.stringify(canonical(a.result)) === JSON.stringify(canonical(b.result));

const cases = [];
for (let i = 0; i < count; i++) cases.push(makeCase(i));
function answersOf(command) {
  const [program, ...rest] = command.split(' ');
  const run = spawnSync(program, rest, { input: cases.map(c => JSON.stringify(c)).join('\n') + '\n', maxBuffer: 1 << 30 });
  const lines = run.stdout.toString().trim().split('\n');
  if (lines.length !== cases.length) throw new Error(`${lines.length} answers for ${cases.length} lines; ${run.stderr}`);
  return lines;
}
const lines = answersOf(args.engine ?? 'build/dev/bin/waggle eval --jsonl');
const answers = lines.map(l => JSON.parse(l));
const general = args.general ? answersOf(args.general) : lines;
const different = cases.filter((_, i) => general[i] !== lines[i]);
for (const c of different.slice(0, Number(args.show ?? 40))) console.log(`differs without fast paths: ${c.expr}`);
let bad = different.length, listed = 0, errors = 0, hangs = 0;
for (let i = 0; i < cases.length; i++) {
  const ref = await reference(cases[i].expr, cases[i].input);
  worker?.removeAllListeners('error');
  if (ref.hangs || ref.error?.code === 'D1012') { hangs++; continue; }
  if (ref.error) errors++;
  if (same(ref, answers[i])) continue;
  if (known.some(k => k(ref, answers[i], cases[i].expr))) { listed++; continue; }
  bad++;
  if (bad <= Number(args.show ?? 40))
    console.log(`${cases[i].expr}\n  input ${JSON.stringify(cases[i].input).slice(0, 60)}\n  reference ${JSON.stringify(ref).slice(0, 300)}\n  ours      ${JSON.stringify(answers[i]).slice(0, 300)}`);
}
console.log(`${cases.length} expressions, ${errors} of them errors in the reference, ${hangs} that never end there, ${listed} listed divergences, ${bad} others`);
process.exit(bad ? 1 : 0);
