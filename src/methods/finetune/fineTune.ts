/**
 * The step that follows training in the official PAWS: a few epochs on the labelled pictures, with crops and flips
 * but no colours. It works on copies of the networks, so that the run stays as it is.
 *
 * `linear` (fine_tune.py of facebookresearch/suncet): a classifier that starts at zero learns the labels by
 * cross-entropy, SGD with Nesterov momentum, a cosine down to 0. A trunk that learns too does so in training mode, one
 * that does not is in evaluation mode. Here the classifier stands on the features, where the official one has the
 * first layer of the projection head in between.
 *
 * `suncet` (snn_fine_tune.py): trunk and projection head, batch norm in evaluation mode, learn the SuNCEt loss with two
 * views of each picture, LARS, a cosine to a tenth. Afterwards the labelled pictures vote, as in snn_eval.py.
 */
import * as tf from '@tensorflow/tfjs-core';
import { drawCrops, evaluationBatch, supportGroup } from '../../augmentation';
import { type CapturedStep, captureStep, readBack, type StepDefinition } from '../../engine';
import { l2Normalise } from '../../engine/kernels/l2Norm';
import { classifierLogits, classifierParameters } from '../../models/classifier';
import { type ParameterSet, scoped, zeros } from '../../models/parameters';
import type { ViewBatch } from '../../models/viewBatch';
import { Lars } from '../../optimizers/lars';
import type { Optimizer } from '../../optimizers/optimizer';
import { warmupCosineSchedule } from '../../optimizers/schedules';
import { Sgd } from '../../optimizers/sgd';
import { PawsaurError } from '../../platform/errors';
import { randomStream } from '../../platform/random';
import type { Recipe } from '../../recipe';
import { LabelledBatches } from '../labelledBatches';
import type { FineTuned, FineTuneOptions, FineTuneReport } from '../method';
import { CONTROLS } from '../paws/pawsControls';
import { optimizedParameters } from '../singleNetwork';
import { StepViews } from '../stepViews';
import { labelControls, labelLoss, meanStatistic } from '../supervised/labelLoss';
import { copyNetworks, type FineTuneSource, HEAD, TRUNK } from './copies';
import { SUNCET_TEMPERATURE, suncetLoss } from './suncetLoss';

/** Official rates: at the start, and the share of it that is left at the end. */
const rates = { linear: { lr: 0.02, last: 0 }, suncet: { lr: 0.1, last: 0.1 } } as const;

/** Views of each picture in a step. */
const viewsOf = { linear: 1, suncet: 2 } as const;

/** Pictures that are looked at together afterwards. */
const CHUNK = 64;

/** @throws see `TrainingMethod.fineTune` */
export async function fineTune(source: FineTuneSource, options: FineTuneOptions): Promise<FineTuned> {
  const { recipe } = source;
  const { given, classes, truth } = source.images.labels;
  // Labels may change while this goes on.
  const images = { ...source.images, labels: { given: given.slice(), classes, truth } };
  const batches = new LabelledBatches(images, recipe.batch_size, recipe.seed);
  const labels = new Set(batches.labelled().map((index) => given[index] as number));
  if (labels.size === 0) throw noLabels();
  if (labels.size === 1) {
    throw new PawsaurError(
      'labels/one-class',
      'All labels are of one class: there is nothing to tell apart.',
      'Label pictures of a second class.',
    );
  }
  const linear = options.kind === 'linear';
  const projection = linear ? undefined : source.projection;
  const head = linear ? classifierParameters(source.trunk.featureDim, classes, zeros) : [];
  const network = await copyNetworks({ ...source, projection }, head, linear && !options.trunk);
  const tuning = new FineTuning({ ...source, images, projection }, options, batches, network);
  try {
    await tuning.train();
    await tuning.gatherVoters();
  } catch (error) {
    tuning.dispose();
    throw error;
  }
  return tuning;
}

type TuneOutputs = 'statistics';

class FineTuning implements FineTuned {
  readonly history: FineTuneReport[] = [];
  private readonly trained: readonly string[];
  private readonly optimizer: Optimizer;
  private readonly views: StepViews;
  private readonly cropping: Recipe;
  /** Labelled pictures that vote after SuNCEt: embeddings of length 1, and their labels one-hot. */
  private voters: { embeddings: tf.Tensor; labels: tf.Tensor } | null = null;

  constructor(
    private readonly source: FineTuneSource,
    private readonly options: FineTuneOptions,
    private readonly batches: LabelledBatches,
    private readonly network: ParameterSet,
  ) {
    const { recipe, images } = source;
    const linear = options.kind === 'linear';
    const parameters = optimizedParameters(network, 'lars');
    this.trained = parameters.map(({ name }) => name);
    this.optimizer = linear
      ? new Sgd(parameters, { nesterov: true, rateInVelocity: true })
      : new Lars(parameters, { form: 'paws' });
    this.cropping = {
      ...recipe,
      ...{ jitter_prob: 0, gray_prob: 0, solarize_prob: 0, equalize_prob: 0 },
      ...{ blur_prob_global1: 0, blur_prob_global2: 0 },
    };
    const group = supportGroup(this.cropping, viewsOf[options.kind]);
    this.views = new StepViews(this.cropping, images.store, 0, [{ group, batch: recipe.batch_size }]);
  }

  async train(): Promise<void> {
    const { kind, steps, signal, onStep } = this.options;
    const { lr: official, last } = rates[kind];
    const lr = this.options.lr ?? official;
    const schedule = warmupCosineSchedule(lr, lr * last, steps);
    let captured: CapturedStep<string, TuneOutputs> | null = null;
    try {
      const { mode } = this.source;
      captured = await captureStep(this.definition(), { ...(signal && { signal }), ...(mode && { mode }) });
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted();
        const { statistics } = await captured.run(this.inputsAt(step, schedule[step] as number));
        const loss = meanStatistic(statistics as Float32Array, 0);
        if (!Number.isFinite(loss)) throw diverged();
        const correct = 100 * meanStatistic(statistics as Float32Array, 1);
        const report = { step: step + 1, steps, loss, correct };
        this.history.push(report);
        onStep?.(report);
      }
    } finally {
      captured?.dispose();
    }
    signal?.throwIfAborted();
  }

  /** Has the labelled pictures vote from now on, where there is no classifier. */
  async gatherVoters(): Promise<void> {
    if (this.options.kind === 'linear') return;
    const { given, classes } = this.source.images.labels;
    const indices = this.batches.labelled();
    const chunks: tf.Tensor[] = [];
    for (let from = 0; from < indices.length; from += CHUNK) {
      chunks.push(tf.tidy(() => l2Normalise(this.embed(indices.slice(from, from + CHUNK)))));
    }
    this.voters = tf.tidy(() => ({
      embeddings: tf.concat(chunks),
      labels: tf.cast(
        tf.oneHot(
          tf.tensor1d(
            indices.map((index) => given[index] as number),
            'int32',
          ),
          classes,
        ),
        'float32',
      ),
    }));
    tf.dispose(chunks);
  }

  async classify(indices: Int32Array): Promise<Float32Array> {
    const { classes } = this.source.images.labels;
    const probabilities = new Float32Array(indices.length * classes);
    for (let from = 0; from < indices.length; from += CHUNK) {
      const made = tf.tidy(() => this.probabilities(indices.slice(from, from + CHUNK)));
      try {
        probabilities.set(await readBack(made), from * classes);
      } finally {
        made.dispose();
      }
    }
    if (probabilities.some(Number.isNaN)) throw diverged();
    return probabilities;
  }

  dispose(): void {
    this.network.dispose();
    this.optimizer.dispose();
    if (this.voters) tf.dispose(this.voters);
    this.voters = null;
  }

  private definition(): StepDefinition<string, TuneOutputs> {
    const { recipe } = this.source;
    const rows = viewsOf[this.options.kind] * recipe.batch_size;
    return {
      inputs: { controls: { shape: [CONTROLS] }, classes: { shape: [rows] }, ...this.views.inputs },
      step: (given) => {
        const { controls, classes } = given as { controls: tf.Tensor; classes: tf.Tensor };
        return tf.tidy(() => ({ statistics: this.step(this.views.make(given), classes, controls) }));
      },
      read: ['statistics'],
    };
  }

  private inputsAt(step: number, lr: number): Record<string, Float32Array> {
    const { recipe, images } = this.source;
    const { indices, classes: labels } = this.batches.at(step);
    const rng = randomStream(recipe.seed, `fine-tuning crops ${step}`);
    const group = supportGroup(this.cropping, viewsOf[this.options.kind]);
    const drawn = drawCrops(this.cropping, rng, indices, images.store, [group]);
    const rows = { length: viewsOf[this.options.kind] * indices.length };
    const classes = Float32Array.from(rows, (_, row) => labels[row % indices.length] as number);
    const controls = labelControls({ lr, weightDecay: 0, clip: 0, trainLast: true }, 0);
    return { controls, classes, ...this.views.valuesAt(step, drawn) };
  }

  /** One step. @returns [2, rows] loss of each row, and 1 where it is told right */
  private step(groups: ViewBatch[], classes: tf.Tensor, controls: tf.Tensor): tf.Tensor {
    const { trunk: learns, kind } = this.options;
    const linear = kind === 'linear';
    const mode = linear && learns ? 'train' : 'eval';
    const features = () => this.source.trunk.forward(scoped(this.network.get, TRUNK), groups, { mode });
    const still = linear && !learns ? features() : null;
    const kept = {} as { statistics: tf.Tensor };
    const forward = () => {
      const { loss, statistics } = linear
        ? labelLoss({ logits: classifierLogits(this.network.get, still ?? features()), classes }, controls)
        : suncetLoss(l2Normalise(this.project(features())), classes, this.source.images.labels.classes);
      kept.statistics = tf.keep(statistics);
      return loss;
    };
    const variables = this.trained.map(this.network.get);
    const { grads } = tf.engine().gradients(forward, variables, tf.scalar(1));
    this.optimizer.step(grads, controls);
    return kept.statistics;
  }

  /** Features → where SuNCEt compares. */
  private project(features: tf.Tensor): tf.Tensor {
    const { projection } = this.source;
    return projection ? projection.forward(scoped(this.network.get, HEAD), features) : features;
  }

  /** Whole pictures in evaluation mode, up to where a classifier or a vote takes over. */
  private embed(indices: Int32Array): tf.Tensor {
    const { images, recipe, trunk } = this.source;
    const crops = evaluationBatch(images.store, indices, recipe.global_crops_size);
    return this.project(trunk.forward(scoped(this.network.get, TRUNK), [{ crops }], { mode: 'eval' }));
  }

  private probabilities(indices: Int32Array): tf.Tensor {
    const embeddings = this.embed(indices);
    if (!this.voters) return tf.softmax(classifierLogits(this.network.get, embeddings));
    const { embeddings: voters, labels } = this.voters;
    const cosines = tf.matMul(l2Normalise(embeddings) as tf.Tensor2D, voters as tf.Tensor2D, false, true);
    return tf.matMul(tf.softmax(tf.div(cosines, SUNCET_TEMPERATURE)), labels as tf.Tensor2D);
  }
}

const noLabels = () =>
  new PawsaurError('labels/none', 'No training picture has a label.', 'Label a few pictures of every class.');

const diverged = () =>
  new PawsaurError(
    'diverged',
    'Fine-tuning ended in numbers that are not finite.',
    'Try again with a lower learning rate. The run itself is as it was.',
  );
