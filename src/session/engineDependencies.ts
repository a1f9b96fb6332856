/** What a session needs, from the real floors below: the engine, the data sets and the methods. */

import { openImages } from '../augmentation';
import {
  builtinOptions,
  createSampler,
  datasetFromIndex,
  type ImageDataset,
  makeBuiltinInTurns,
  trainIndices,
} from '../dataset';
import type { OpenedSet } from '../dataset/storage/openedSet';
import {
  type EngineInfo,
  engineMemory,
  HIDDEN_SUBMIT_MS,
  onEngineFailure,
  releaseUnusedMemory,
  setSubmitTarget,
  startEngine,
  VISIBLE_SUBMIT_MS,
} from '../engine';
import { tuneKernels } from '../engine/tuning';
import type { RunLabels } from '../labels';
import { createMethod as createRun, planMethod } from '../methods';
import type { TrainingMethod } from '../methods/method';
import { PawsaurError } from '../platform/errors';
import type { KeyValueStore } from '../platform/keyValueStore';
import { pictureRoom, type Recipe } from '../recipe';
import type { PlannedMemory, SessionDependencies } from './dependencies';
import type { Activity, EngineSummary } from './protocol';
import { nextTask } from './turns';

const gibibyte = 2 ** 30;
/** Longest that a first visit measures kernels, ms. */
const tuneMs = 2000;

export interface StartOptions {
  /** Keeps which kernels are fastest here. Without it nothing is measured, and the default ones run. */
  store?: KeyValueStore;
  /** Opens a set of the library by its id. Without it there is no library. */
  openStored?(set: string): Promise<OpenedSet>;
  /** Says what takes its time; null when done. */
  busy?(activity: Activity | null): void;
}

/**
 * Starts the engine and describes it.
 * @throws PawsaurError when nothing on this machine can compute
 */
export async function startDependencies({
  store,
  openStored = noLibrary,
  busy = () => undefined,
}: StartOptions = {}): Promise<{ engine: EngineSummary; dependencies: SessionDependencies }> {
  const info = await startEngine();
  const kernelPlan = store === undefined ? null : await tune(store, busy);
  const { backend, adapter, notice, maxBufferBytes } = info;
  const budgetBytes = memoryBudget(info);
  /** How many pictures lie on the device at once. */
  const slotsFor = (recipe: Recipe, { count, size }: ImageDataset, { classes }: RunLabels) =>
    pictureRoom(recipe, { pictures: count, imageSize: size, classes, maxBufferBytes, budgetBytes });
  return {
    engine: {
      backend,
      adapter,
      maxBufferBytes,
      budgetBytes,
      ...(notice === undefined ? {} : { notice }),
      ...(kernelPlan === null ? {} : { kernelPlan }),
    },
    dependencies: {
      makeBuiltin: async (name, { seed, params, signal }) =>
        makeBuiltinInTurns(name, { seed, ...builtinOptions(params) }, async () => {
          await nextTask();
          signal?.throwIfAborted();
        }),
      openSet: async (set, { seed }) => datasetFromIndex(await openStored(set), seed),
      createMethod: async (recipe, dataset, labels) =>
        createMethod(recipe, dataset, labels, slotsFor(recipe, dataset, labels)),
      planRun: (recipe, dataset, labels) =>
        planRun(recipe, dataset, labels, slotsFor(recipe, dataset, labels)),
      onEngineFailure,
      gpuBytes: () => engineMemory().allocated,
      releaseUnused: releaseUnusedMemory,
      setVisible: (visible) => setSubmitTarget(visible ? VISIBLE_SUBMIT_MS : HIDDEN_SUBMIT_MS),
      maxBufferBytes,
      budgetBytes,
    },
  };
}

function noLibrary(): never {
  throw new PawsaurError('session/no-library', 'There are no stored sets here.');
}

/** The fastest kernels on this adapter, measured on the first visit. */
async function tune(store: KeyValueStore, busy: (activity: Activity | null) => void) {
  busy('measuring');
  try {
    const plan = await tuneKernels({ store, budgetMs: tuneMs });
    return plan && { origin: plan.origin, gemm: { ...plan.gemm } };
  } catch {
    // Measuring makes training faster, it is not needed for it: the adapter's usual kernels stay.
    return null;
  } finally {
    busy(null);
  }
}

/** No adapter says how much memory it has: sixteen of its largest buffers, between one and eight GiB. */
function memoryBudget({ maxBufferBytes }: EngineInfo): number {
  return Math.min(8 * gibibyte, Math.max(gibibyte, 16 * maxBufferBytes));
}

function planRun(
  recipe: Recipe,
  dataset: ImageDataset,
  labels: RunLabels,
  slots: number,
): PlannedMemory | null {
  const { size } = dataset;
  const plan = planMethod(recipe, { slots, size, trainIndices: trainIndices(dataset), labels });
  if (plan === null) return null;
  const { bytes, stateBytes, largestBufferBytes, dispatches } = plan;
  return { gpuBytes: bytes + stateBytes, stateBytes, largestBufferBytes, dispatches };
}

/** The recipe's method on the pictures of a data set; their room on the device is freed with it. */
function createMethod(
  recipe: Recipe,
  dataset: ImageDataset,
  labels: RunLabels,
  slots: number,
): TrainingMethod {
  const indices = trainIndices(dataset);
  const sampler = createSampler(indices, recipe.batch_size, recipe.seed);
  const store = openImages(dataset.pixels, slots, dataset.size);
  try {
    const batchAt = (step: number) => sampler.batchIndices(step);
    const method = createRun(recipe, { store, trainIndices: indices, batchAt, labels });
    const disposeMethod = method.dispose.bind(method);
    method.dispose = () => {
      disposeMethod();
      store.dispose();
    };
    return method;
  } catch (error) {
    store.dispose();
    throw error;
  }
}
