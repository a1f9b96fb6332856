/**
 * A DINO run as the session sees it: captures the step, plays it with the inputs of (seed, step), and looks at
 * the networks when asked.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  augment,
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
} from '../engine';
import {
  blankParameters,
  type ParameterSet,
  type ParameterSpec,
  type ParameterValues,
  scoped,
} from '../models/parameters';
import { createTrunk, type Trunk } from '../models/trunk';
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';
import type { Recipe } from '../recipe';
import { Dino, type DinoOutputs, dinoParameters, drawParameters } from './dino';
import type { DinoControls } from './dinoControls';
import { DinoSchedules } from './dinoSchedules';
import { DinoStep, type DinoStepInputs } from './dinoStep';
import type {
  AttentionMaps,
  LiveSettings,
  NamedTensor,
  NetworkName,
  PrepareOptions,
  StepReport,
  TrainingMethod,
  ViewPictures,
  ViewsSnapshot,
} from './method';

/** The pictures a run trains on. */
export interface TrainingImages {
  store: ImageStore;
  /** Pictures that may be trained on. */
  trainCount: number;
  /** The batch of a step, reproducible: `batch_size` indices into the store. */
  batchAt(step: number): Int32Array;
}

/** Batches that set the running statistics of batch norm before step 0 is scored. */
const CALIBRATION_BATCHES = 10;

/** How the step runs: `eager` for comparison with the captured one. */
export type DinoOptions = Pick<CaptureOptions, 'mode'>;

export function createDino(
  recipe: Recipe,
  images: TrainingImages,
  options: DinoOptions = {},
): TrainingMethod {
  const draw = (specs: readonly ParameterSpec[]) =>
    drawParameters(specs, randomStream(recipe.seed, 'initialisation'));
  return new DinoTraining(recipe, images, draw, options);
}

/** What a run on `images` pictures of `size` px would take on this device, to the byte; null without WebGPU. */
export function planDino(recipe: Recipe, images: number, size: number): PlannedRun | null {
  return planRun((backend) => {
    const store = blankImages(backend, images, size);
    try {
      const batchAt = () => new Int32Array(recipe.batch_size);
      const method = new DinoTraining(recipe, { store, trainCount: images, batchAt }, blankParameters);
      return {
        definition: method.dinoStep.definition,
        dispose: () => {
          method.dispose();
          store.dispose();
        },
      };
    } catch (error) {
      store.dispose();
      throw error;
    }
  });
}

class DinoTraining implements TrainingMethod {
  readonly hasAttention: boolean;
  readonly featureDim: number;
  private readonly trunk: Trunk;
  private readonly dino: Dino;
  private readonly schedules: DinoSchedules;
  readonly dinoStep: DinoStep;
  private captured: CapturedDino | null = null;
  private preparing: Promise<void> | null = null;
  private readonly gone = new AbortController();
  /** Steps sent; their reports may still be on the way. */
  private sent = 0;
  private last: DinoStepInputs | null = null;

  constructor(
    private readonly recipe: Recipe,
    private readonly images: TrainingImages,
    draw: (specs: readonly ParameterSpec[]) => ParameterValues,
    private readonly options: DinoOptions = {},
  ) {
    this.trunk = createTrunk(recipe);
    this.schedules = new DinoSchedules(recipe, images.trainCount);
    this.hasAttention = recipe.arch === 'vit';
    this.featureDim = this.trunk.featureDim;
    const head = {
      inDim: this.trunk.featureDim,
      outDim: recipe.out_dim,
      hiddenDim: recipe.head_hidden_dim,
      bottleneckDim: recipe.head_bottleneck_dim,
      nLayers: recipe.head_nlayers,
      useBatchNorm: recipe.use_bn_in_head,
      normLastLayer: recipe.norm_last_layer,
    };
    const specs = dinoParameters(this.trunk, head, recipe.init);
    const config = {
      trunk: this.trunk,
      head,
      batch: recipe.batch_size,
      views: 2 + recipe.local_crops_number,
      optimizer: recipe.optimizer,
    };
    this.dino = new Dino(config, specs, draw(specs));
    this.dinoStep = new DinoStep(recipe, images.store, this.trunk.dropPathCalls, this.dino);
  }

  get totalSteps(): number {
    return this.schedules.plan.totalSteps;
  }

  get stepsPerEpoch(): number {
    return this.schedules.plan.stepsPerEpoch;
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
    const step = this.sent++;
    const scalars = this.schedules.at(step, live);
    this.last = this.dinoStep.inputsAt(step, this.images.batchAt(step), scalars);
    const { metrics } = await (this.captured as CapturedDino).run(this.last.values);
    return reportOf(metrics as Float32Array, scalars);
  }

  async views(maxImages: number): Promise<ViewsSnapshot | null> {
    const outputs = this.captured?.outputs;
    if (!this.last || !outputs) return null;
    const { indices, drawn } = this.last;
    const n = Math.min(maxImages, indices.length);
    const [terms, teacher, student] = await Promise.all(
      [outputs.terms, outputs.teacher, outputs.student].map((tensor) => readBack(tensor)),
    );
    const views: ViewPictures[] = [];
    for (const crops of drawn) {
      const { size, stages } = crops.group;
      for (let v = 0; v < crops.group.views.length; v++) {
        const parameters = viewParameters(crops, v).subarray(0, n * COLUMNS);
        const made = tf.tidy(() =>
          augment(this.images.store, tf.tensor2d(parameters.slice(), [n, COLUMNS]), size, { stages }),
        );
        const pixels = denormalise(await readOnce(made), n, size);
        views.push({ name: crops.group.views[v]?.name ?? '', size, boxes: boxesOf(parameters), pixels });
      }
    }
    return {
      indices: indices.slice(0, n),
      views,
      terms: terms as Float32Array,
      teacher: teacher as Float32Array,
      student: student as Float32Array,
    };
  }

  async features(indices: Int32Array, network: NetworkName, imageSize?: number): Promise<Float32Array> {
    const features = tf.tidy(() => {
      const images = evaluationBatch(this.images.store, indices, imageSize ?? this.recipe.global_crops_size);
      const groups = [{ crops: images }];
      return this.trunk.forward(scoped(this.network(network).get, 'backbone.'), groups, { mode: 'eval' });
    });
    return this.take(features);
  }

  async attention(
    indices: Int32Array,
    network: NetworkName,
    imageSize = this.recipe.global_crops_size,
  ): Promise<AttentionMaps | null> {
    const { patchSize } = this.trunk;
    if (patchSize === null) return null;
    const side = Math.floor(imageSize / patchSize);
    const heads = this.recipe.num_heads;
    const fromClass = tf.tidy(() => {
      const images = evaluationBatch(this.images.store, indices, imageSize);
      const all = this.trunk.lastAttention(
        scoped(this.network(network).get, 'backbone.'),
        images,
      ) as tf.Tensor;
      return tf.slice(all, [0, 0, 0, 1], [indices.length, heads, 1, side * side]);
    });
    return { heads, rows: side, cols: side, weights: await this.take(fromClass) };
  }

  async calibrate(): Promise<void> {
    if (!this.trunk.hasBatchNorm) return;
    // Training batches in training mode; nothing but the running statistics changes. Weighted 1, 1/2, 1/3 …,
    // they end as the plain mean over the batches, with nothing left of the untouched (0, 1).
    for (let i = 0; i < CALIBRATION_BATCHES; i++) {
      const indices = this.images.batchAt(i % Math.max(1, this.totalSteps));
      const drawn = drawCrops(
        this.recipe,
        randomStream(this.recipe.seed, `calibration ${i}`),
        indices,
        this.images.store,
      );
      tf.tidy(() => {
        const { group, parameters } = drawn[0] as DrawnCrops;
        const rows = tf.tensor2d(parameters, [parameters.length / COLUMNS, COLUMNS]);
        const crops = augment(this.images.store, rows, group.size, group);
        for (const network of [this.dino.teacher, this.dino.student]) {
          const options = { mode: 'train', batchNormMomentum: 1 / (i + 1) } as const;
          this.trunk.forward(scoped(network.get, 'backbone.'), [{ crops }], options);
        }
      });
    }
  }

  async stateDict(): Promise<NamedTensor[]> {
    const tensors: NamedTensor[] = [];
    for (const [prefix, network] of [
      ['student.', this.dino.student],
      ['teacher.', this.dino.teacher],
    ] as const) {
      for (const { name, shape } of network.specs) {
        tensors.push({ name: prefix + name, shape, data: await readBack(network.get(name)) });
      }
    }
    const { center } = this.dino;
    return [...tensors, { name: 'dino_loss.center', shape: center.shape, data: await readBack(center) }];
  }

  dispose(): void {
    this.gone.abort();
    this.captured?.dispose();
    this.captured = null;
    this.dino.dispose();
  }

  private async capture({ onProgress }: PrepareOptions): Promise<void> {
    const { signal } = this.gone;
    const options = { ...this.options, onProgress, signal };
    // Kernels take their time; the run may be gone by then.
    const captured = await captureStep(this.dinoStep.definition, options).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (signal.aborted) captured?.dispose();
    else this.captured = captured;
  }

  private network(name: NetworkName): ParameterSet {
    return name === 'teacher' ? this.dino.teacher : this.dino.student;
  }

  private async take(tensor: tf.Tensor): Promise<Float32Array> {
    const values = await readOnce(tensor);
    if (values.some(Number.isNaN)) {
      throw new PawsaurError(
        'diverged',
        'The network answers with numbers that are not finite: training has diverged.',
        'Reset, and lower the learning rate.',
      );
    }
    return values;
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

type CapturedDino = CapturedStep<string, keyof DinoOutputs>;

function reportOf(metrics: Float32Array, scalars: DinoControls): StepReport {
  const [loss, teacherEntropy, meanTeacherEntropy, squaredNorm] = metrics as unknown as number[];
  const { lr, weightDecay, momentum, teacherTemp, studentTemp } = scalars;
  return {
    loss: loss as number,
    teacherEntropy: teacherEntropy as number,
    meanTeacherEntropy: meanTeacherEntropy as number,
    kl: (loss as number) - (teacherEntropy as number),
    gradNorm: Math.sqrt(squaredNorm as number),
    lr,
    weightDecay,
    momentum,
    teacherTemp,
    studentTemp,
  };
}
