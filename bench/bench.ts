/**
 * Times the frozen workloads on the adapter at hand, in Node on Dawn, against their peers: `npm run bench -- --help`.
 * Each workload has a process of its own, in which all contenders take turns; first steps have one each.
 */
import { fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installNodeWebGpu } from '../src/platform/node/webgpu';
import { type ContenderName, contenderNames } from './contender';
import { webLoaders } from './load';
import { spread } from './measure';
import {
  barTable,
  type CurvePoint,
  curveTable,
  productShare,
  profileTable,
  type Results,
  type Timings,
  workloadTable,
} from './report';
import { type RoundsResult, runFirstStep, runRounds, type Task } from './task';
import { curves } from './workloads/curveSizes';

const TASK = 'PAWSAUR_BENCH_TASK';
const names = ['W1', 'W2', 'W2c', 'W3', 'W4', 'W5', 'W6', 'matmul'];

const help = `npm run bench -- [options]
  --workloads W1,W2     of ${names.join(', ')} (W3, W6: real GPUs)  [W1,W2,W2c,W4,W5,matmul]
  --contenders ours,…   of ${contenderNames.join(', ')}                                [all]
  --steps N             rounds timed after ten steps that must agree   [15]
  --first N             fresh processes per first step; 0 for none     [1]
  --profile             GPU time of our step by kernel
  --curves              step time over batch, crop size (tokens) and depth instead
  --json FILE           all figures`;

const options = {
  workloads: { type: 'string', default: 'W1,W2,W2c,W4,W5,matmul' },
  contenders: { type: 'string', default: contenderNames.join(',') },
  steps: { type: 'string', default: '15' },
  first: { type: 'string', default: '1' },
  profile: { type: 'boolean', default: false },
  curves: { type: 'boolean', default: false },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Shaders compile anew in every process. */
const WITHOUT_CACHES = { MESA_SHADER_CACHE_DISABLE: 'true', __GL_SHADER_DISK_CACHE: '0' };

/** Does a task in a process of its own. */
function inProcess<T>(task: Task, environment: Record<string, string> = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), {
      env: { ...process.env, ...environment, [TASK]: JSON.stringify(task) },
    });
    let result: { value: T } | null = null;
    child.on('message', (sent) => {
      result = sent as { value: T };
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (result) resolve(result.value);
      else reject(new Error(`The process of ${task.workload} ended with ${code}.`));
    });
  });
}

/** First steps of contenders, taking turns, each in a fresh process; noted in their timings. */
async function takeFirstSteps(workload: string, { timings }: RoundsResult, count: number): Promise<void> {
  const times = new Map<ContenderName, number[]>(timings.map(([name]) => [name, []]));
  for (let i = 0; i < count; i++) {
    for (const [contender, all] of times) {
      const ms = await inProcess<number | null>({ kind: 'first', workload, contender }, WITHOUT_CACHES);
      if (ms !== null) all.push(ms);
    }
  }
  for (const [name, timing] of timings) {
    const all = times.get(name) ?? [];
    if (all.length > 0) timing.firstStepMs = spread(all);
  }
}

/** A list given on the command line, each entry one of `known`. */
function listOf<T extends string>(given: string, known: readonly T[]): T[] {
  const entries = given.split(',').filter(Boolean);
  for (const entry of entries) {
    if (known.includes(entry as T)) continue;
    console.error(`There is no ${entry}; there are ${known.join(', ')}.`);
    process.exit(2);
  }
  return entries as T[];
}

/** Rounds of a workload in a process of their own. */
const rounds = (workload: string, contenders: ContenderName[], count: number, profile: boolean) =>
  inProcess<RoundsResult>({ kind: 'rounds', workload, contenders, rounds: count, profile });

async function runCurves(count: number): Promise<{ adapter: string; points: CurvePoint[] }> {
  const all: CurvePoint[] = [];
  let adapter = '';
  for (const { size, points } of curves) {
    const measured: CurvePoint[] = [];
    for (const { value, name } of points) {
      const result = await rounds(name, ['ours'], count, true);
      const { timings, profile, productFlops, ceiling } = result;
      adapter = result.adapter;
      measured.push({ size, value, timing: timings[0][1], profile, productFlops, ceiling });
    }
    console.log(`\n## ${size}\n\n${curveTable(measured)}`);
    all.push(...measured);
  }
  console.log(`\n${adapter}, ${new Date().toISOString()}`);
  return { adapter, points: all };
}

/** Prints what a workload showed; first steps included where they were measured. */
function show(workload: string, result: RoundsResult): void {
  const { timings, absent, agreement, profile, productFlops, ceiling } = result;
  console.log(`\n## ${workload}\n\n${workloadTable(Object.fromEntries(timings) as Timings)}\n`);
  for (const line of absent) console.log(line);
  for (const [name, distance] of agreement) console.log(`${name} agrees to ${distance.toExponential(1)}.`);
  if (ceiling) {
    const shares = timings.map(([name, timing]) => {
      const share = productShare(timing, productFlops, ceiling);
      return `${name} ${share === null ? '–' : `${(100 * share).toFixed(0)} %`}`;
    });
    console.log(`Products at ${shares.join(', ')} of ${ceiling.toFixed(1)} Gflop/s.`);
  }
  if (profile) console.log(`\n${profileTable(profile)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
    return;
  }
  const [steps, first] = [Number(values.steps), Number(values.first)];
  const write = (figures: unknown) => {
    if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  };
  if (values.curves) {
    write(await runCurves(steps));
    return;
  }
  const wanted = listOf(values.workloads, names);
  const contenders = listOf(values.contenders, contenderNames);
  const results: Results = { adapter: '', date: new Date().toISOString(), ceilings: {}, workloads: {} };
  for (const workload of wanted) {
    const result = await rounds(workload, contenders, steps, values.profile);
    await takeFirstSteps(workload, result, first);
    results.adapter = result.adapter;
    results.ceilings[workload] = result.ceiling;
    results.workloads[workload] = Object.fromEntries(result.timings);
    show(workload, result);
    write(results);
  }
  console.log(`\n${barTable(results)}\n\n${results.adapter}, ${results.date}`);
}

const given = process.env[TASK];
if (given) {
  installNodeWebGpu();
  const task = JSON.parse(given) as Task;
  const loaders = { ...webLoaders, torch: async () => (await import('./peers/torch/start')).startTorch };
  const value = task.kind === 'rounds' ? await runRounds(task, loaders) : await runFirstStep(task, loaders);
  process.send?.({ value }, () => process.exit(0));
} else {
  await main();
}
