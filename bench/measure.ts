/** Measuring: that contenders agree, then steps in interleaved rounds. */
import type { Contender, ContenderName, Runner } from './contender';
import { countsOf, type KernelTime, lastSubmit, recordGpuTime, resetPeak } from './gpuProbe';

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** What is measured of a contender; null where it can't be. */
export interface Timing {
  /** From the first call until the loss is read. */
  stepMs: Spread;
  /** JavaScript: from the first call until the last work is sent; nobody waits for anything in between. */
  hostMs: Spread | null;
  /** Time the GPU spends in passes, from timestamps. */
  gpuMs: Spread | null;
  dispatches: Spread | null;
  /** Most bytes of GPU buffers alive at once in a step. */
  gpuBytes: Spread | null;
  /** Fresh process, shader caches off: from the engine's start until the first loss is read. */
  firstStepMs: Spread | null;
}

export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('Nothing was measured.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/** A contender with a problem made ready. */
export interface Entrant {
  contender: Contender;
  runner: Runner;
}

/** Steps whose results must agree before anything is timed. */
const AGREEING_STEPS = 10;
const TOLERANCE = 1e-4;
/** Steps with timestamps, apart from the timed ones. */
const GPU_STEPS = 5;

/** ‖a − b‖ / ‖b‖ */
export function relativeDistance(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new Error(`Results of ${a.length} and ${b.length} numbers.`);
  let [difference, size] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  return Math.sqrt(difference / size);
}

/**
 * Runs ten steps of each and compares them with those of the first.
 * @returns the largest relative distance of each other contender
 * @throws when one is further than 1e-4 away, or not finite
 */
export async function assertAgreement(entrants: readonly Entrant[]): Promise<Map<ContenderName, number>> {
  const [first, ...others] = entrants;
  const run = async ({ contender, runner }: Entrant) => {
    await contender.activate();
    const results: Float32Array[] = [];
    for (let i = 0; i < AGREEING_STEPS; i++) results.push(await runner.step());
    return results;
  };
  const expected = await run(first);
  const distances = new Map<ContenderName, number>();
  for (const entrant of others) {
    const found = await run(entrant);
    const each = found.map((values, i) => relativeDistance(values, expected[i]));
    const worst = each.every(Number.isFinite) ? Math.max(...each) : Number.NaN;
    const { name } = entrant.contender;
    if (!(worst <= TOLERANCE)) {
      const rows = found.map((values, i) => `  ${i}: ${values[0]} against ${expected[i][0]} (${each[i]})`);
      throw new Error(`${name} and ${first.contender.name} do not agree:\n${rows.join('\n')}`);
    }
    distances.set(name, worst);
  }
  return distances;
}

interface Samples {
  stepMs: number[];
  hostMs: number[];
  gpuMs: number[];
  dispatches: number[];
  gpuBytes: number[];
}

async function timeStep({ contender, runner }: Entrant, samples: Samples): Promise<void> {
  const { device } = contender;
  await contender.activate();
  if (device) resetPeak(device);
  const before = device ? countsOf(device).dispatches : 0;
  const start = performance.now();
  await runner.step();
  samples.stepMs.push(runner.ownMs ?? performance.now() - start);
  if (!device) return;
  const { dispatches, peakBytes } = countsOf(device);
  samples.hostMs.push(lastSubmit() - start);
  samples.dispatches.push(dispatches - before);
  samples.gpuBytes.push(peakBytes);
}

const spreadOf = (values: readonly number[]): Spread | null => (values.length > 0 ? spread(values) : null);

/** GPU time of each of a few steps, ms; empty where the device has no timestamps. */
async function gpuTimes({ contender: { activate, device }, runner }: Entrant): Promise<number[]> {
  const all: number[] = [];
  if (!device) return all;
  await activate();
  for (let i = 0; i < GPU_STEPS; i++) {
    const passes = await recordGpuTime(device, false, () => runner.step());
    if (passes) all.push(passes.reduce((sum, { ms }) => sum + ms, 0));
  }
  return all;
}

/** The least GPU time of a few steps, ms; null where the device has no timestamps. */
export async function fastestGpuMs(entrant: Entrant): Promise<number | null> {
  const times = await gpuTimes(entrant);
  return times.length > 0 ? Math.min(...times) : null;
}

/** Times `rounds` steps of each, taking turns; who begins changes from round to round. */
export async function timeRounds(
  entrants: readonly Entrant[],
  rounds: number,
): Promise<Map<ContenderName, Timing>> {
  const all = entrants.map((entrant) => ({
    entrant,
    samples: { stepMs: [], hostMs: [], gpuMs: [], dispatches: [], gpuBytes: [] } as Samples,
  }));
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < all.length; i++) {
      const { entrant, samples } = all[(i + round) % all.length];
      await timeStep(entrant, samples);
    }
  }
  for (const { entrant, samples } of all) samples.gpuMs.push(...(await gpuTimes(entrant)));
  return new Map(
    all.map(({ entrant, samples }) => [
      entrant.contender.name,
      {
        stepMs: spread(samples.stepMs),
        hostMs: spreadOf(samples.hostMs),
        gpuMs: spreadOf(samples.gpuMs),
        dispatches: spreadOf(samples.dispatches),
        gpuBytes: spreadOf(samples.gpuBytes),
        firstStepMs: null,
      },
    ]),
  );
}

/** GPU time of one step by kernel, longest first; null where the device has no timestamps. */
export async function profileStep({ contender, runner }: Entrant): Promise<KernelTime[] | null> {
  if (!contender.device) return null;
  await contender.activate();
  return recordGpuTime(contender.device, true, () => runner.step());
}
