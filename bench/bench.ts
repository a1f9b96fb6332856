/**
 * Times the frozen workloads on the adapter at hand, in Node on Dawn, against their peers:
 * `npm run bench -- [--workloads W1,W2,W2c,W4,matmul] [--contenders ours,tfjs,jaxjs,torch] [--steps 15] [--first 3]
 *  [--profile] [--json FILE]`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { installNodeWebGpu } from '../src/platform/node/webgpu';
import { type Contender, type ContenderName, contenderNames } from './contender';
import { installGpuProbe } from './gpuProbe';
import { assertAgreement, type Entrant, profileStep, timeRounds } from './measure';

const { values } = parseArgs({
  options: {
    workloads: { type: 'string', default: 'W1,W2,W2c,W4,matmul' },
    contenders: { type: 'string', default: contenderNames.join(',') },
    steps: { type: 'string', default: '15' },
    first: { type: 'string', default: '3' },
    profile: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

await installNodeWebGpu();
installGpuProbe();
// tfjs looks for WebGPU when it is imported.
const { workloads } = await import('./workloads/index');

const starters: Record<ContenderName, () => Promise<Contender>> = {
  // tfjs first: it takes its own backend before ours takes its place.
  tfjs: async () => (await import('./peers/tfjs/start')).startTfjs(),
  ours: async () => (await import('./ours')).startOurs(),
  jaxjs: async () => (await import('./peers/jax/start')).startJax(),
  torch: async () => {
    throw new Error('not yet');
  },
};
const wanted = values.contenders.split(',');
const contenders: Contender[] = [];
for (const [name, start] of Object.entries(starters)) {
  if (!wanted.includes(name)) continue;
  try {
    contenders.push(await start());
  } catch (error) {
    console.log(`${name} takes no part: ${error instanceof Error ? error.message : String(error)}`);
  }
}
contenders.sort((a, b) => contenderNames.indexOf(a.name) - contenderNames.indexOf(b.name));
for (const name of values.workloads.split(',')) {
  const problem = workloads[name]();
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    await contender.activate();
    const runner = await contender.prepare(problem);
    if (runner) entrants.push({ contender, runner });
  }
  const start = performance.now();
  console.log(name, await assertAgreement(entrants), `${(performance.now() - start).toFixed(0)} ms`);
  const timings = await timeRounds(entrants, Number(values.steps));
  for (const [who, timing] of timings) {
    const show = (s: { median: number; min: number; max: number } | null) =>
      s ? `${s.median.toFixed(1)} (${s.min.toFixed(1)}–${s.max.toFixed(1)})` : '—';
    console.log(
      `${name} ${who}: step ${show(timing.stepMs)} host ${show(timing.hostMs)} gpu ${show(timing.gpuMs)} dispatches ${timing.dispatches?.median} MiB ${((timing.gpuBytes?.median ?? 0) / 2 ** 20).toFixed(1)}`,
    );
  }
  if (values.profile)
    for (const entrant of entrants) console.log(entrant.contender.name, await profileStep(entrant));
  for (const { runner, contender } of entrants) {
    await contender.activate();
    runner.dispose();
  }
}
if (values.json) writeFileSync(values.json, '');
process.exit(0);
