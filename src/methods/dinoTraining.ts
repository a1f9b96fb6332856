/**
 * A DINO run as the session sees it: makes each step's inputs from (seed, step), runs the step, and looks at
 * the networks when asked.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  augment,
  boxesOf,
  COLUMNS,
  cropStream,
  type DrawnCrops,
  denormalise,
  drawCrops,
  evaluationBatch,
  type ImageStore,
  viewParameters,
} from '../augmentation';
import { readBack } from '../engine';
import { type ParameterSet, scoped } from '../models/parameters';
import { createTrunk, type Trunk } from '../models/trunk';
import { PawsaurError } from '../platform/errors';
import { randomStream } from '../platform/random';
import type { Recipe } from '../recipe';
import {
  controlVector,
  Dino,
  type DinoOutputs,
  dinoParameters,
  drawParameters,
  type ViewBatch,
} from './dino';
import { DinoSchedules } from './dinoSchedules';
import type {
  AttentionMaps,
  LiveSettings,
  NamedTensor,
  NetworkName,
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

export function createDino(recipe: Recipe, images: TrainingImages): TrainingMethod {
  return new DinoTraining(recipe, images);
}

class DinoTraining implements TrainingMethod {
  readonly hasAttention: boolean;
  readonly featureDim: number;
  private readonly trunk: Trunk;
  private readonly dino: Dino;
  private readonly schedules: DinoSchedules;
  private done = 0;
  private last: { indices: Int32Array; drawn: DrawnCrops[]; outputs: DinoOutputs } | null = null;

  constructor(
    private readonly recipe: Recipe,
    private readonly images: TrainingImages,
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
    const values = drawParameters(specs, randomStream(recipe.seed, 'initialisation'));
    const config = {
      trunk: this.trunk,
      head,
      batch: recipe.batch_size,
      views: 2 + recipe.local_crops_number,
      optimizer: recipe.optimizer,
    };
    this.dino = new Dino(config, specs, values);
  }

  get totalSteps(): number {
    return this.schedules.plan.totalSteps;
  }

  get stepsPerEpoch(): number {
    return this.schedules.plan.stepsPerEpoch;
  }

  get step(): number {
    return this.done;
  }

  async trainStep(live: LiveSettings): Promise<StepReport> {
    const step = this.done;
    const scalars = this.schedules.at(step, live);
    const indices = this.images.batchAt(step);
    const drawn = drawCrops(this.recipe, cropStream(this.recipe.seed, step), indices, this.images.store);
    const outputs = tf.tidy(() => {
      const controls = tf.tensor1d(controlVector(scalars));
      return { ...this.dino.step({ groups: this.viewBatches(drawn, step), controls }) };
    });
    this.forgetLast();
    this.last = { indices, drawn, outputs };
    const [loss, teacherEntropy, meanTeacherEntropy, squaredNorm] = await readBack(outputs.metrics);
    this.done++;
    return {
      loss: loss as number,
      teacherEntropy: teacherEntropy as number,
      meanTeacherEntropy: meanTeacherEntropy as number,
      kl: (loss as number) - (teacherEntropy as number),
      gradNorm: Math.sqrt(squaredNorm as number),
      lr: scalars.lr,
      weightDecay: scalars.weightDecay,
      momentum: scalars.momentum,
      teacherTemp: scalars.teacherTemp,
      studentTemp: scalars.studentTemp,
    };
  }

  async views(maxImages: number): Promise<ViewsSnapshot | null> {
    if (!this.last) return null;
    const { indices, drawn, outputs } = this.last;
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
        const pixels = denormalise(await readBack(made), n, size);
        made.dispose();
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
      return this.trunk.forward(scoped(this.network(network).get, 'backbone.'), images, { mode: 'eval' });
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
        const [globals] = this.viewBatches(drawn.slice(0, 1), 0);
        for (const network of [this.dino.teacher, this.dino.student]) {
          const options = { mode: 'train', batchNormMomentum: 1 / (i + 1) } as const;
          this.trunk.forward(scoped(network.get, 'backbone.'), (globals as ViewBatch).crops, options);
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
    this.forgetLast();
    this.dino.dispose();
  }

  private network(name: NetworkName): ParameterSet {
    return name === 'teacher' ? this.dino.teacher : this.dino.student;
  }

  /** The crops of a step, group by group; neighbours of one size form one batch, as in the official wrapper. */
  private viewBatches(drawn: readonly DrawnCrops[], step: number): ViewBatch[] {
    const made = drawn.map(({ group, parameters }) => {
      const rows = tf.tensor2d(parameters, [parameters.length / COLUMNS, COLUMNS]);
      return augment(this.images.store, rows, group.size, group);
    });
    const oneSize = made.length > 1 && drawn.every(({ group }) => group.size === drawn[0]?.group.size);
    const merged = oneSize ? [tf.concat(made)] : made;
    const calls = this.trunk.dropPathCalls;
    if (calls === 0) return merged.map((crops) => ({ crops }));
    const rng = randomStream(this.recipe.seed, `drop path ${step}`);
    return merged.map((crops) => {
      const rows = crops.shape[0] as number;
      const draws = Float32Array.from({ length: calls * rows }, () => rng.uniform());
      return { crops, dropPath: tf.tensor2d(draws, [calls, rows]) };
    });
  }

  private async take(tensor: tf.Tensor): Promise<Float32Array> {
    const values = await readBack(tensor);
    tensor.dispose();
    if (values.some(Number.isNaN)) {
      throw new PawsaurError(
        'diverged',
        'The network answers with numbers that are not finite: training has diverged.',
        'Reset, and lower the learning rate.',
      );
    }
    return values;
  }

  private forgetLast(): void {
    if (this.last) tf.dispose(Object.values(this.last.outputs));
    this.last = null;
  }
}
