/**
 * What one process (or page) of the benchmark does: interleaved rounds of a workload, or the first step of a
 * contender. WebGPU is there before, as tfjs looks for it when it is imported.
 */
import { type Contender, type ContenderName, contenderNames } from './contender';
import { installGpuProbe, type KernelTime } from './gpuProbe';
import type { Loaders } from './load';
import { assertAgreement, type Entrant, fastestGpuMs, profileStep, type Timing, timeRounds } from './measure';
import type { Problem } from './workloads/problem';

export interface RoundsTask {
  kind: 'rounds';
  workload: string;
  contenders: ContenderName[];
  rounds: number;
  profile: boolean;
}

export interface FirstStepTask {
  kind: 'first';
  workload: string;
  contender: ContenderName;
}

export type Task = RoundsTask | FirstStepTask;

export interface RoundsResult {
  adapter: string;
  /** Who took no part, and why. */
  absent: string[];
  /** Largest relative distance of results from ours. */
  agreement: [ContenderName, number][];
  timings: [ContenderName, Timing][];
  /** Of our step. */
  profile: KernelTime[] | null;
  productFlops: number;
  /** Our fastest product of 1024 × 1024 matrices right after, Gflop/s; null without timestamps. */
  ceiling: number | null;
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The workload of that name, with the probe in place before anything asks for a device. */
async function begin(workload: string): Promise<{ problem: Problem; product: Problem }> {
  installGpuProbe();
  const { workloads } = await import('./workloads/index');
  return { problem: workloads[workload](), product: workloads.matmul() };
}

async function startAll(wanted: readonly ContenderName[], loaders: Loaders) {
  const contenders: Contender[] = [];
  const absent: string[] = [];
  for (const [name, load] of Object.entries(loaders)) {
    if (!wanted.includes(name as ContenderName)) continue;
    try {
      const start = await load();
      contenders.push(await start());
    } catch (error) {
      absent.push(`${name} takes no part: ${message(error)}`);
    }
  }
  contenders.sort((a, b) => contenderNames.indexOf(a.name) - contenderNames.indexOf(b.name));
  return { contenders, absent };
}

async function fastestProduct(contender: Contender, product: Problem): Promise<number | null> {
  await contender.activate();
  const runner = await contender.prepare(product);
  return runner && fastestGpuMs({ contender, runner });
}

export async function runRounds(task: RoundsTask, loaders: Loaders): Promise<RoundsResult> {
  const { problem, product } = await begin(task.workload);
  const info = (await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }))?.info;
  const { contenders, absent } = await startAll(task.contenders, loaders);
  const entrants: Entrant[] = [];
  for (const contender of contenders) {
    await contender.activate();
    await contender.tune?.();
    const runner = await contender.prepare(problem);
    if (runner) entrants.push({ contender, runner });
    else absent.push(`${contender.name} does not express ${task.workload}.`);
  }
  const ours = entrants.find(({ contender }) => contender.name === 'ours');
  const agreement = await assertAgreement(entrants);
  const timings = await timeRounds(entrants, task.rounds);
  // Only now: its matrices would count among our bytes.
  const productMs = ours ? await fastestProduct(ours.contender, product) : null;
  return {
    adapter: info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(' ') || 'unnamed',
    absent,
    agreement: [...agreement],
    timings: [...timings],
    profile: task.profile && ours ? await profileStep(ours) : null,
    productFlops: problem.productFlops,
    ceiling: productMs ? product.productFlops / (1e6 * productMs) : null,
  };
}

/** From the start of a contender's engine until its first loss is read, ms; null where it can't take part. */
export async function runFirstStep(
  { workload, contender: name }: FirstStepTask,
  loaders: Loaders,
): Promise<number | null> {
  const { problem } = await begin(workload);
  const start = await loaders[name]?.();
  if (!start) return null;
  const from = performance.now();
  const contender = await start();
  await contender.activate();
  const runner = await contender.prepare(problem);
  if (!runner) return null;
  await runner.step();
  return performance.now() - from;
}
