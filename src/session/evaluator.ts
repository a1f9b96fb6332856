/**
 * Scores a network without training it: k-NN on the teacher's features as in the official `eval_knn.py`,
 * its attention against known masks, and whether the features have collapsed.
 */

import { featureStd, oracleMask, rankMe, scoreAttention, singularValues } from '../evaluation';
import type { Recipe } from '../recipe';
import { dataBaselines, masksOf } from './baselines';
import type { ShelvedData } from './dataShelf';
import { classifyFeatures } from './featureScores';
import { type Network, readAttention, readFeatures } from './networkReader';
import type { BaselinesReport, EvaluationReport } from './protocol';
import { chooseScoringSample, type ScoringSample } from './scoringSample';
import { nextTask } from './turns';

type Scores = Omit<EvaluationReport, 'step' | 'seconds'>;
type AttentionScores = Pick<Scores, 'jaccardHeadMean' | 'jaccardBestHead' | 'jaccardMeanMap'> & {
  /** The patch grid, where the network has one. */
  grid: { rows: number; cols: number } | null;
};

export class Evaluator {
  readonly #data: ShelvedData;
  readonly #recipe: Recipe;
  readonly #sample: ScoringSample;
  /** The model's patch grid, known after the first evaluation with masks. */
  #grid: AttentionScores['grid'] = null;

  constructor(data: ShelvedData, recipe: Recipe) {
    this.#data = data;
    this.#recipe = recipe;
    this.#sample = chooseScoringSample(data.dataset, recipe.eval_images);
  }

  /** All scores of the teacher as it is. @throws the signal's reason when aborted */
  async evaluate(network: Network, signal: AbortSignal): Promise<Scores> {
    const { bank, test, features: scored } = this.#sample;
    const breathe = async () => {
      await nextTask();
      signal.throwIfAborted();
    };
    const dim = network.featureDim;
    const features = await readFeatures(network, scored, signal);
    await breathe();
    const knn = await classifyFeatures(features, this.#sample, this.#data.dataset.classNames.length, breathe);
    const std = featureStd(features, scored.length, dim);
    const singular = singularValues(features, scored.length, dim, this.#recipe.eval_images);
    await breathe();
    const own = await this.#scoreAttention(network, this.#sample.masked, signal);
    this.#grid = own.grid;
    const doubledSize = 2 * this.#recipe.global_crops_size;
    const doubled = await this.#scoreAttention(network, this.#sample.doubled, signal, doubledSize);
    return {
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
