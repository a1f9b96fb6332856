/**
 * A run of any method as the session sees it: captures the method's step, plays it with the inputs of each step,
 * and looks at the networks when asked. What a method is of its own stands in its `MethodParts`.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  augmentRows,
  blankImages,
  boxesOf,
  COLUMNS,
  type DrawnCrops,
  denormalise,
  drawCrops,
  evaluationBatch,
  type ImageStore,
  viewParameters,
} from '../augmentation';
import {
  type CapturedStep,
  type CaptureOptions,
  captureStep,
  type PlannedRun,
  planRun,
  readBack,
  type StepDefinition,
} from '../engine';
import {
  blankParameters,
  drawParameters,
  type ParameterSpec,
  type ParameterValues,
  type Reader,
} from '../models/parameters';
import type { Trunk } from '../models/trunk';
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';
import type { MethodName, Recipe, RunPlan } from '../recipe';
import type { Projection } from './finetune/copies';
import { fineTune } from './finetune/fineTune';
import type {
  Answers,
  AttentionMaps,
  Ballot,
  FineTuned,
  FineTuneOptions,
  LiveSettings,
  NamedTensor,
  NetworkName,
  PrepareOptions,
  StepReport,
  TrainingImages,
  TrainingMethod,
  ViewPictures,
  ViewsSnapshot,
} from './method';

/** Batches that set the running statistics of batch norm before step 0 is scored. */
const CALIBRATION_BATCHES = 10;

/** How the step runs: `eager` for comparison with the captured one. */
export type TrainingOptions = Pick<CaptureOptions, 'mode'>;

/** What one step is given. */
export interface StepInputs {
  /** The batch; `drawn` are its views, group by group. */
  indices: Int32Array;
  drawn: readonly DrawnCrops[];
  /** Values of the step's inputs. */
  values: Record<string, Float32Array>;
  /** Of the report, what is known before the step. */
  known: StepReport;
}

/** Pixels of pictures cropped by one source of a step, for showing. */
export type ShowViews = (drawn: DrawnCrops, n: number) => Promise<ViewPictures[]>;

/** What makes a method. */
export interface MethodParts<O extends string> {
  kind: MethodName;
  trunk: Trunk;
  plan: RunPlan;
  /** Reads the trunk's parameters of each network; the last one is scored. */
  networks: ReadonlyMap<NetworkName, Reader>;
  definition: StepDefinition<string, O>;
  inputsAt(step: number, live: LiveSettings): StepInputs;
  /** The numbers that come with the step, from its outputs `definition.read`. */
  report(read: Readonly<Record<string, Float32Array>>, inputs: StepInputs): StepReport;
  /** What the latest step's first image was asked and said. */
  answers?(outputs: Record<O, tf.Tensor>): Promise<Answers>;
  /** Features [n, featureDim] → embeddings, in evaluation mode. */
  embed?(features: tf.Tensor): tf.Tensor;
  /** Features [n, featureDim] → probabilities [n, classes]. */
  classify?(features: tf.Tensor): tf.Tensor;
  /** What `embed` goes through, for fine-tuning a copy of it. */
  projection?: Projection;
  ballots?(indices: Int32Array, latest: StepInputs | null, show: ShowViews): Promise<Ballot[]>;
  /** Features of a training batch through what stands behind the trunk, in training mode, for its batch norms. */
  calibrateHead?(features: tf.Tensor, network: NetworkName, batchNormMomentum: number): void;
  /** All state under official names. */
  state(): Iterable<{ name: string; tensor: tf.Tensor }>;
  dispose(): void;
}

/** Where the first values of parameters come from. */
export type ParameterSource = (specs: readonly ParameterSpec[]) => ParameterValues;

/** Makes the parts of a method. */
export type MethodMaker<O extends string> = (
  recipe: Recipe,
  images: TrainingImages,
  draw: ParameterSource,
) => MethodParts<O>;

/** A run of the method that `make` makes. */
export function createTraining<O extends string>(
  make: MethodMaker<O>,
  recipe: Recipe,
  images: TrainingImages,
  options: TrainingOptions = {},
): TrainingMethod {
  const parts = make(recipe, images, (specs) =>
    drawParameters(specs, randomStream(recipe.seed, 'initialisation')),
  );
  return new CapturedTraining(recipe, images, parts, options);
}

/** The pictures a run is planned for, and how many of them there is room for on the device. */
export type PlannedImages = Pick<TrainingImages, 'trainIndices' | 'labels'> & { slots: number; size: number };

/** What a run of the method would take on this device, to the byte; null without WebGPU. */
export function planTraining<O extends string>(
  make: MethodMaker<O>,
  recipe: Recipe,
  { slots, size, trainIndices, labels }: PlannedImages,
): PlannedRun | null {
  return planRun((backend) => {
    const store: ImageStore = blankImages(backend, slots, size);
    try {
      const batchAt = () => new Int32Array(recipe.batch_size);
      const { definition, dispose } = make(recipe, { store, trainIndices, batchAt, labels }, blankParameters);
      return {
        definition,
        dispose: () => {
          dispose();
          store.dispose();
        },
      };
    } catch (error) {
      store.dispose();
      throw error;
    }
  });
}

class CapturedTraining<O extends string> implements TrainingMethod {
  readonly kind: MethodName;
  readonly networks: readonly NetworkName[];
  readonly hasAttention: boolean;
  readonly featureDim: number;
  readonly embed: TrainingMethod['embed'];
  readonly classify: TrainingMethod['classify'];
  readonly ballots: TrainingMethod['ballots'];
  private captured: CapturedStep<string, O> | null = null;
  private preparing: Promise<void> | null = null;
  private readonly gone = new AbortController();
  /** Steps sent; their reports may still be on the way. */
  private sent = 0;
  private last: StepInputs | null = null;

  constructor(
    private readonly recipe: Recipe,
    private readonly images: TrainingImages,
    private readonly parts: MethodParts<O>,
    private readonly options: TrainingOptions = {},
  ) {
    const { kind, trunk, networks } = parts;
    this.kind = kind;
    this.networks = [...networks.keys()];
    this.hasAttention = trunk.patchSize !== null;
    this.featureDim = trunk.featureDim;
    this.embed = this.throughHead(parts.embed);
    this.classify = this.throughHead(parts.classify);
    const ballots = parts.ballots?.bind(parts);
    this.ballots = ballots && ((indices) => ballots(indices, this.last, (drawn, n) => this.show(drawn, n)));
  }

  get totalSteps(): number {
    return this.parts.plan.totalSteps;
  }

  get stepsPerEpoch(): number {
    return this.parts.plan.stepsPerEpoch;
  }

  get step(): number {
    return this.sent;
  }

  prepare(options: PrepareOptions = {}): Promise<void> {
    this.preparing ??= this.capture(options);
    return this.preparing;
  }

  async trainStep(live: LiveSettings): Promise<StepReport> {
    if (!this.captured) await this.prepare();
    const inputs = this.parts.inputsAt(this.sent++, live);
    this.last = inputs;
    const read = await (this.captured as CapturedStep<string, O>).run(inputs.values);
    return { ...this.parts.report(read, inputs), ...inputs.known };
  }

  async views(maxImages: number): Promise<ViewsSnapshot | null> {
    const outputs = this.captured?.outputs;
    if (!this.last || !outputs) return null;
    const { indices, drawn } = this.last;
    const n = Math.min(maxImages, indices.length);
    const answers = (await this.parts.answers?.(outputs)) ?? null;
    const views: ViewPictures[] = [];
    for (const crops of drawn) views.push(...(await this.show(crops, n)));
    return { indices: indices.slice(0, n), views, answers };
  }

  async features(indices: Int32Array, network: NetworkName, imageSize?: number): Promise<Float32Array> {
    const features = tf.tidy(() => {
      const images = evaluationBatch(this.images.store, indices, imageSize ?? this.recipe.global_crops_size);
      return this.parts.trunk.forward(this.read(network), [{ crops: images }], { mode: 'eval' });
    });
    return takeFinite(features);
  }

  async attention(
    indices: Int32Array,
    network: NetworkName,
    imageSize = this.recipe.global_crops_size,
  ): Promise<AttentionMaps | null> {
    const { trunk } = this.parts;
    if (trunk.patchSize === null) return null;
    const side = Math.floor(imageSize / trunk.patchSize);
    const heads = this.recipe.num_heads;
    const fromClass = tf.tidy(() => {
      const images = evaluationBatch(this.images.store, indices, imageSize);
      const all = trunk.lastAttention(this.read(network), images) as tf.Tensor;
      return tf.slice(all, [0, 0, 0, 1], [indices.length, heads, 1, side * side]);
    });
    return { heads, rows: side, cols: side, weights: await takeFinite(fromClass) };
  }

  fineTune(options: FineTuneOptions): Promise<FineTuned> {
    const { recipe, images } = this;
    const { trunk, networks, projection } = this.parts;
    const scored = [...networks.keys()].at(-1) as NetworkName;
    const own = { recipe, images, trunk, projection, ...this.options };
    return fineTune({ ...own, read: this.read(scored) }, options);
  }

  async calibrate(): Promise<void> {
    const { trunk, networks } = this.parts;
    if (!trunk.hasBatchNorm && !this.parts.calibrateHead) return;
    // Training batches in training mode; nothing but the running statistics changes. Weighted 1, 1/2, 1/3 …,
    // they end as the plain mean over the batches, with nothing left of the untouched (0, 1).
    for (let i = 0; i < CALIBRATION_BATCHES; i++) {
      const indices = this.images.batchAt(i % Math.max(1, this.totalSteps));
      const rng = randomStream(this.recipe.seed, `calibration ${i}`);
      const drawn = drawCrops(this.recipe, rng, indices, this.images.store);
      tf.tidy(() => {
        const { group, parameters } = drawn[0] as DrawnCrops;
        const crops = augmentRows(this.images.store, parameters, group.size, group);
        for (const [network, read] of networks) {
          const batchNormMomentum = 1 / (i + 1);
          const features = trunk.forward(read, [{ crops }], { mode: 'train', batchNormMomentum });
          this.parts.calibrateHead?.(features, network, batchNormMomentum);
        }
      });
    }
  }

  async stateDict(): Promise<NamedTensor[]> {
    const tensors: NamedTensor[] = [];
    for (const { name, tensor } of this.parts.state()) {
      tensors.push({ name, shape: tensor.shape, data: await readBack(tensor) });
    }
    return tensors;
  }

  dispose(): void {
    this.gone.abort();
    this.captured?.dispose();
    this.captured = null;
    this.parts.dispose();
  }

  private async capture({ onProgress }: PrepareOptions): Promise<void> {
    const { signal } = this.gone;
    const options = { ...this.options, onProgress, signal };
    // Kernels take their time; the run may be gone by then.
    const captured = await captureStep(this.parts.definition, options).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (signal.aborted) captured?.dispose();
    else this.captured = captured;
  }

  /** The first `n` pictures of a group, view by view. */
  private async show(crops: DrawnCrops, n: number): Promise<ViewPictures[]> {
    const { size, views } = crops.group;
    const shown: ViewPictures[] = [];
    for (const [v, { name }] of views.entries()) {
      const parameters = viewParameters(crops, v).slice(0, n * COLUMNS);
      const made = augmentRows(this.images.store, parameters, size, crops.group);
      shown.push({
        name,
        size,
        boxes: boxesOf(parameters),
        pixels: denormalise(await readOnce(made), n, size),
      });
    }
    return shown;
  }

  private throughHead(forward: ((features: tf.Tensor) => tf.Tensor) | undefined): TrainingMethod['embed'] {
    if (!forward) return undefined;
    return (features, rows) =>
      takeFinite(
        tf.tidy(() => forward.call(this.parts, tf.tensor2d(features, [rows, features.length / rows]))),
      );
  }

  private read(name: NetworkName): Reader {
    const reader = this.parts.networks.get(name);
    if (!reader) throw new PawsaurError('methods', `This method has no network called "${name}".`);
    return reader;
  }
}

/** Reads a tensor that nobody needs any more. */
async function readOnce(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return await readBack(tensor);
  } finally {
    tensor.dispose();
  }
}

/** As `readOnce`. @throws PawsaurError 'diverged' when a number is not finite */
export async function takeFinite(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await readOnce(tensor);
  if (!values.some(Number.isNaN)) return values;
  throw new PawsaurError(
    'diverged',
    'The network answers with numbers that are not finite: training has diverged.',
    'Reset, and lower the learning rate.',
  );
}

/** What the latest step's first image was asked and said, from the outputs that hold it. */
export async function readAnswers(
  terms: tf.Tensor,
  targets: tf.Tensor,
  predictions: tf.Tensor,
): Promise<Answers> {
  const read = await Promise.all([terms, targets, predictions].map((tensor) => readBack(tensor)));
  const [first, second, third] = read as [Float32Array, Float32Array, Float32Array];
  return { terms: first, targets: second, predictions: third };
}
