/**
 * Times the frozen workloads on the adapter at hand, in Node on Dawn:
 * `npm run bench -- [--workloads W1,W2] [--steps 10] [--json FILE]`. Prints a table of medians (min–max).
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installNodeWebGpu } from '../src/platform/node/webgpu';

interface Spread {
  median: number;
  min: number;
  max: number;
}

interface Timing {
  /** From the first call until the loss is read. */
  stepMs: Spread;
  /** JavaScript until all work is sent. */
  hostMs: Spread;
  dispatches: Spread;
  gpuBytes: Spread;
  firstStepMs: Spread;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number) => sorted[i] as number;
  const middle = (sorted.length - 1) / 2;
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

const { values } = parseArgs({
  options: {
    workloads: { type: 'string', default: 'W1,W2' },
    steps: { type: 'string', default: '10' },
    json: { type: 'string' },
  },
});

await installNodeWebGpu();
const { startEngine, webgpu, engineMemory } = await import('../src/engine');
const { workloads } = await import('./workloads');
const { adapter } = await startEngine({ backend: 'webgpu' });
const backend = webgpu();
if (!backend) throw new Error('The benchmark needs WebGPU.');

const results: Record<string, { ours: Timing }> = {};
for (const name of values.workloads.split(',')) {
  const make = workloads[name];
  if (!make) {
    console.error(`There is no workload ${name}; there are ${Object.keys(workloads).join(', ')}.`);
    process.exit(2);
  }
  const workload = make();
  const samples: Record<keyof Timing, number[]> = {
    stepMs: [],
    hostMs: [],
    dispatches: [],
    gpuBytes: [],
    firstStepMs: [],
  };
  const steps = Number(values.steps);
  for (let i = 0; i <= steps; i++) {
    const sent = backend.counters.ours + backend.counters.tfjs;
    const start = performance.now();
    const issued = workload.issue();
    const host = performance.now() - start;
    const loss = await workload.loss(issued);
    const step = performance.now() - start;
    if (!Number.isFinite(loss)) throw new Error(`${name}: the loss is not finite.`);
    if (i === 0) {
      samples.firstStepMs.push(step);
      continue;
    }
    samples.stepMs.push(step);
    samples.hostMs.push(host);
    samples.dispatches.push(backend.counters.ours + backend.counters.tfjs - sent);
    samples.gpuBytes.push(engineMemory().allocated);
  }
  const timing = Object.fromEntries(
    Object.entries(samples).map(([key, list]) => [key, spread(list)]),
  ) as unknown as Timing;
  results[name] = { ours: timing };
  const show = ({ median, min, max }: Spread) => `${median.toFixed(1)} (${min.toFixed(1)}–${max.toFixed(1)})`;
  console.log(
    `${name}: step ${show(timing.stepMs)} ms, JavaScript ${show(timing.hostMs)} ms, ` +
      `${timing.dispatches.median} dispatches, first step ${timing.firstStepMs.median.toFixed(0)} ms, ` +
      `${(timing.gpuBytes.median / 2 ** 20).toFixed(1)} MiB allocated`,
  );
}
console.log(adapter);
if (values.json) writeFileSync(values.json, `${JSON.stringify({ adapter, workloads: results }, null, 2)}\n`);
process.exit(0);
