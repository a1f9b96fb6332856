/**
 * Scores a network without training it: k-NN on its features as in the official `eval_knn.py`, its attention
 * against known masks, whether the features have collapsed, and what the given labels are worth.
 */

import { featureStd, oracleMask, rankMe, scoreAttention, singularValues } from '../evaluation';
import type { Recipe } from '../recipe';
import { dataBaselines, masksOf } from './baselines';
import type { ShelvedData } from './dataShelf';
import { classifyFeatures } from './featureScores';
import { classifyByLabels, type LabelRows } from './labelScores';
import type { LabelsInForce } from './labelsInForce';
import { type Network, readAttention, readFeatures } from './networkReader';
import { spread } from './pictures';
import type { BaselinesReport, EvaluationReport } from './protocol';
import { chooseScoringSample, type ScoringSample } from './scoringSample';
import { nextTask } from './turns';

type Scores = Omit<EvaluationReport, 'step' | 'seconds'>;
type AttentionScores = Pick<Scores, 'jaccardHeadMean' | 'jaccardBestHead' | 'jaccardMeanMap'> & {
  /** The patch grid, where the network has one. */
  grid: { rows: number; cols: number } | null;
};

/** What is known of the network after a step: labels apart, it is the same whoever asks. */
interface Scored {
  step: number;
  /** [n, featureDim] of the pictures `indices`. */
  features: Float32Array;
  indices: Int32Array;
  scores: Omit<Scores, 'classification'>;
}

export class Evaluator {
  readonly #data: ShelvedData;
  readonly #recipe: Recipe;
  readonly #sample: ScoringSample;
  /** The model's patch grid, known after the first evaluation with masks. */
  #grid: AttentionScores['grid'] = null;
  /** The latest step that was scored, for being asked again with other labels. */
  #scored: Scored | null = null;

  constructor(data: ShelvedData, recipe: Recipe) {
    this.#data = data;
    this.#recipe = recipe;
    this.#sample = chooseScoringSample(data.dataset, recipe.eval_images);
  }

  /**
   * All scores of the network as it is, and what these labels are worth to it.
   * @throws the signal's reason when aborted
   */
  async evaluate(network: Network, inForce: LabelsInForce, signal: AbortSignal): Promise<Scores> {
    // They may change while this goes on.
    const labels = { ...inForce, labels: { ...inForce.labels } };
    const breathe = async () => {
      await nextTask();
      signal.throwIfAborted();
    };
    const { rows, indices } = this.labelled(labels);
    const known = this.#scored;
    const again = known?.step === network.step && covers(known.indices, indices);
    const scored = again ? known : await this.#score(network, indices, signal, breathe);
    this.#scored = scored;
    const asked = { features: scored.features, dim: network.featureDim, indices, rows };
    const classification = await classifyByLabels(network, asked, labels, breathe);
    return { ...scored.scores, classification };
  }

  /** The pictures whose features are read, those of the sample first; and the rows that labels are judged by. */
  labelled({ labels }: LabelsInForce): { indices: Int32Array; rows: LabelRows } {
    const { bank, test, features } = this.#sample;
    const isGiven = (index: number) => labels.given[index]! >= 0;
    const support = this.#data.trainIndices.filter(isGiven);
    const rowOf = new Map([...features].map((index, row) => [index, row]));
    for (const index of support) if (!rowOf.has(index)) rowOf.set(index, rowOf.size);
    const rowsOf = (indices: Int32Array) => indices.map((index) => rowOf.get(index)!);
    const hidden = spread(
      bank.filter((index) => !isGiven(index)),
      this.#recipe.eval_images,
    );
    return {
      indices: Int32Array.from(rowOf.keys()),
      rows: {
        support: rowsOf(support),
        heldOut: rowsOf(test),
        unlabelled: rowsOf(Int32Array.from(hidden)),
      },
    };
  }

  async #score(
    network: Network,
    indices: Int32Array,
    signal: AbortSignal,
    breathe: () => Promise<void>,
  ): Promise<Scored> {
    const { bank, test, features: sampled } = this.#sample;
    const dim = network.featureDim;
    const { step } = network;
    const all = await readFeatures(network, indices, signal);
    const features = all.subarray(0, sampled.length * dim);
    await breathe();
    const knn = await classifyFeatures(features, this.#sample, this.#data.dataset.classNames.length, breathe);
    const std = featureStd(features, sampled.length, dim);
    const singular = singularValues(features, sampled.length, dim, this.#recipe.eval_images);
    await breathe();
    const own = await this.#scoreAttention(network, this.#sample.masked, signal);
    this.#grid = own.grid;
    const doubledSize = 2 * this.#recipe.global_crops_size;
    const doubled = await this.#scoreAttention(network, this.#sample.doubled, signal, doubledSize);
    const scores = {
      testImages: test.length,
      bankImages: bank.length,
      ...knn,
      jaccardHeadMean: own.jaccardHeadMean,
      jaccardBestHead: own.jaccardBestHead,
      jaccardMeanMap: own.jaccardMeanMap,
      jaccardX2: doubled.jaccardHeadMean,
      featureDim: dim,
      featureStd: std,
      featureStdScaled: std * Math.sqrt(dim),
      rankMe: rankMe(singular),
    };
    return { step, features: all, indices, scores };
  }

  /** What `start`, the scores of the untrained network, and later scores are held against. */
  async baselines(start: EvaluationReport, signal: AbortSignal): Promise<BaselinesReport> {
    const { dataset, baselines } = this.#data;
    const evalImages = this.#recipe.eval_images;
    const known = baselines.get(evalImages) ?? (await dataBaselines(dataset, this.#sample, signal));
    baselines.set(evalImages, known);
    const grid = this.#grid;
    const masks = grid && masksOf(dataset, this.#sample.masked);
    const { knn10, knn20, looKnn10, jaccardHeadMean, jaccardBestHead, jaccardX2 } = start;
    return {
      ...known,
      randomInit: { knn10, knn20, looKnn10, jaccardHeadMean, jaccardBestHead, jaccardX2 },
      oracle: grid && masks && oracleMask(masks, dataset.size, grid.rows, grid.cols),
    };
  }

  async #scoreAttention(
    network: Network,
    indices: Int32Array,
    signal: AbortSignal,
    imageSize?: number,
  ): Promise<AttentionScores> {
    const { dataset } = this.#data;
    let headMean = 0;
    let bestHead = 0;
    let meanMap = 0;
    let grid: AttentionScores['grid'] = null;
    for await (const batch of readAttention(network, indices, signal, imageSize)) {
      const { rows, cols, attention } = batch;
      const masks = masksOf(dataset, batch.indices);
      const threshold = this.#recipe.attention_threshold;
      const score = scoreAttention(attention, rows, cols, masks, dataset.size, threshold);
      const share = batch.indices.length / indices.length;
      headMean += score.headMean * share;
      bestHead += score.bestHead * share;
      meanMap += score.averagedMap * share;
      grid = { rows, cols };
    }
    return {
      jaccardHeadMean: grid && headMean,
      jaccardBestHead: grid && bestHead,
      jaccardMeanMap: grid && meanMap,
      grid,
    };
  }
}

/** Whether the rows of `read` begin with those of `wanted`, so that its features serve for them. */
function covers(read: Int32Array, wanted: Int32Array): boolean {
  return wanted.length <= read.length && wanted.every((index, row) => read[row] === index);
}
