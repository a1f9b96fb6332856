/**
 * Measures the variants of the matrix product on the adapter at hand and sets the kernel plan. A first visit
 * spends at most about two seconds on it; what was found is kept for the next.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { KeyValueStore } from '../../platform/keyValueStore';
import { type PawsaurBackend, webgpu } from '../backend';
import { gemm, gemmWithRowSums } from '../kernels/gemm';
import type { GemmShape, Strides } from '../kernels/gemmTypes';
import { traitsOf, variantNames } from '../kernels/gemmVariants';
import { readBack } from '../readback';
import { chooseVariants } from './choose';
import {
  adapterName,
  defaultPlan,
  type KernelPlan,
  kernelPlan,
  PLAN_VERSION,
  SHAPE_CLASSES,
  type ShapeClass,
  setKernelPlan,
} from './plan';

export interface TuneOptions {
  /** Where plans are kept between visits. */
  store?: KeyValueStore;
  /** Milliseconds that measuring may take in all, compiling included. */
  budgetMs?: number;
  /** Also try half-precision products (`gemmTiles` says what they cost); only where a person asked for it. */
  half?: boolean;
  /**
   * Also measure where the CPU computes. Off, since compiling the variants takes longer there than the budget, and
   * the default is what was measured on llvmpipe and SwiftShader.
   */
  software?: boolean;
}

interface Sample {
  shape: GemmShape;
  a: Strides;
  b: Strides;
  /** With the sums of A's rows beside it: the gradients of a linear layer's weight and bias. */
  rowSums?: boolean;
}

/** A product of each class as training has it: forward, weight gradient, convolution, and forward of a few images. */
const SAMPLES: Record<ShapeClass, Sample> = {
  large: {
    shape: { rows: 2080, columns: 384, depth: 96 },
    a: { row: 96, column: 1 },
    b: { row: 1, column: 96 },
  },
  deep: {
    shape: { rows: 384, columns: 96, depth: 2080 },
    a: { row: 1, column: 384 },
    b: { row: 96, column: 1 },
    rowSums: true,
  },
  batched: {
    shape: { rows: 32, columns: 256, depth: 144, outer: 32 },
    a: { row: 144, column: 1 },
    b: { outer: 144 * 256, row: 256, column: 1 },
  },
  small: {
    shape: { rows: 136, columns: 96, depth: 384 },
    a: { row: 384, column: 1 },
    b: { row: 1, column: 384 },
  },
};

/** Milliseconds that timed products of a sample take together, at least: shorter ones drown in the submission. */
const LONG_ENOUGH = 4;

/** Small whole numbers without a pattern: sums of their products are exact, in half precision, too. */
const wholeNumbers = (size: number, first: number) =>
  Float32Array.from({ length: size }, (_, i) => ((Math.imul(first + i, 0x9e3779b1) >>> 16) % 5) - 2);

/** Where the next numbers begin. No two samples are alike: what a buffer still holds must not pass for a product. */
let nextNumber = 1;

/** How many numbers of a product are compared with the same computed here. */
const CHECKED = 256;

/** Whether a product is right, at places spread over it. */
async function isRight(
  { shape, a, b }: Sample,
  [left, right]: readonly [Float32Array, Float32Array],
  made: tf.Tensor,
): Promise<boolean> {
  const { rows, columns, depth } = shape;
  const values = await readBack(made);
  return Array.from({ length: CHECKED }, (_, n) => Math.imul(n, 0x9e3779b1) >>> 0).every((place) => {
    const at = place % values.length;
    const outer = Math.floor(at / (rows * columns));
    const [row, column] = [Math.floor(at / columns) % rows, at % columns];
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const x = left[outer * (a.outer ?? 0) + row * a.row + k * a.column] as number;
      sum += x * (right[outer * (b.outer ?? 0) + k * b.row + column * b.column] as number);
    }
    return values[at] === sum;
  });
}

/**
 * Milliseconds of one product of a sample by the variant named; infinite where the device cannot run it or gives
 * other numbers. What it cannot run it skips, in no time at all. Sets the plan.
 */
async function timeSample(backend: PawsaurBackend, name: string, shapeClass: ShapeClass): Promise<number> {
  const { device } = backend;
  const sample = SAMPLES[shapeClass];
  const { shape, a, b, rowSums } = sample;
  const only = { large: name, deep: name, batched: name, small: name };
  setKernelPlan(device, { ...kernelPlan(device), gemm: only });
  const batch = shape.outer ?? 1;
  const draw = (count: number) => {
    nextNumber += count;
    return wholeNumbers(count, nextNumber);
  };
  const numbers = [
    draw(batch * shape.rows * shape.depth),
    draw(batch * shape.depth * shape.columns),
  ] as const;
  const [left, right] = numbers.map((values) => tf.tensor1d(values)) as [tf.Tensor, tf.Tensor];
  const size = [batch * shape.rows * shape.columns];
  const product = () =>
    rowSums ? gemmWithRowSums(shape, left, a, right, b) : [gemm(size, shape, left, a, right, b)];
  const run = async (times: number) => {
    const begin = performance.now();
    for (let i = 0; i < times; i++) tf.dispose(product());
    backend.flush();
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - begin) / times;
  };
  try {
    // The first call compiles. An error ends here, and is not the end of the session.
    for (const filter of ['internal', 'validation'] as const) device.pushErrorScope(filter);
    const made = product();
    backend.flush();
    const errors = [await device.popErrorScope(), await device.popErrorScope()];
    const works =
      errors.every((error) => error === null) && (await isRight(sample, numbers, made[0] as tf.Tensor));
    tf.dispose(made);
    if (!works) return Number.POSITIVE_INFINITY;
    const once = await run(1);
    const times = Math.min(64, Math.ceil(LONG_ENOUGH / Math.max(once, 0.01)));
    return times === 1 ? once : Math.min(await run(times), await run(times));
  } finally {
    tf.dispose([left, right]);
  }
}

/** A stored plan that still fits, or null: it comes from a store and may be anything. */
export function readPlan(value: unknown, adapter: string, names: readonly string[]): KernelPlan | null {
  const plan = value as Partial<KernelPlan> | null | undefined;
  if (!plan || plan.version !== PLAN_VERSION || plan.adapter !== adapter) return null;
  const chosen = plan.gemm as Record<string, unknown> | undefined;
  if (!SHAPE_CLASSES.every((c) => names.includes(chosen?.[c] as string))) return null;
  return { version: PLAN_VERSION, adapter, origin: 'stored', gemm: chosen as KernelPlan['gemm'] };
}

/**
 * Sets and returns the kernel plan of this device: the stored one, else what measuring finds. Null without WebGPU.
 * Call it between runs: products of another variant differ in their last bits.
 */
export async function tuneKernels({
  store,
  budgetMs = 2000,
  half = false,
  software = false,
}: TuneOptions = {}): Promise<KernelPlan | null> {
  const backend = webgpu();
  if (!backend) return null;
  const { device } = backend;
  const adapter = adapterName(device);
  const traits = traitsOf(device);
  const names = variantNames(traits, half);
  const key = `kernel plan ${PLAN_VERSION}${half ? ' with halves' : ''}: ${adapter}`;
  const stored = readPlan(await store?.get(key), adapter, names);
  if (stored) {
    setKernelPlan(device, stored);
    return stored;
  }
  const preset = defaultPlan(adapter, traits);
  if (traits.software && !software) {
    setKernelPlan(device, preset);
    return preset;
  }
  let plan = preset;
  try {
    const gemmPlan = await chooseVariants({
      preset: preset.gemm,
      names,
      measure: (name, shapeClass) => timeSample(backend, name, shapeClass),
      now: () => performance.now(),
      budgetMs,
    });
    plan = { ...preset, origin: 'measured', gemm: gemmPlan };
  } finally {
    setKernelPlan(device, plan);
    // The samples' buffers fit nothing else.
    backend.releaseUnused();
  }
  await store?.set(key, plan);
  return plan;
}
