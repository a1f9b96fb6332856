/**
 * Ballots: how chosen pictures are voted on, with the network in evaluation mode. A picture's two global views are
 * drawn from a stream of its own, so that it can be followed over the run.
 */
import * as tf from '@tensorflow/tfjs-core';
import { augmentRows, type DrawnCrops, drawCrops, viewGroups } from '../../augmentation';
import type { Reader } from '../../models/parameters';
import { pawsProjection } from '../../models/pawsHead';
import type { Trunk } from '../../models/trunk';
import { randomStream } from '../../platform/random';
import type { Recipe } from '../../recipe';
import { type ShowViews, takeFinite } from '../capturedTraining';
import type { Ballot, TrainingImages } from '../method';
import type { Voters } from './pawsStep';
import { countVotes } from './votes';

/** What a ballot is held with. */
export interface PollingPlace {
  recipe: Recipe;
  images: TrainingImages;
  trunk: Trunk;
  read: Reader;
}

/** The ballots of the pictures `indices`, none for none. A picture that a class of few labels repeats votes as one. */
export async function castBallots(
  { recipe, images, trunk, read }: PollingPlace,
  voters: Voters,
  indices: Int32Array,
  show: ShowViews,
): Promise<Ballot[]> {
  if (indices.length === 0) return [];
  const globals = viewGroups(recipe).slice(0, 1);
  const drawn = [...indices].flatMap((index) =>
    drawCrops(recipe, randomStream(recipe.seed, `ballot ${index}`), [index], images.store, globals),
  );
  const h = tf.tidy(() => {
    const crops = [[voters.crops], drawn].map((group) => cropAll(images, group));
    const features = trunk.forward(read, [{ crops: tf.concat(crops) }], { mode: 'eval' });
    return pawsProjection(read, features, { mode: 'eval' });
  });
  const support = Int32Array.from(new Set(voters.indices));
  const places = Array.from(voters.indices, (index) => support.indexOf(index));
  const supportLabels = labelsNow(voters, support, images.labels.given);
  const { similarities, votes, probabilities, targets } = countVotes({
    dim: h.shape[1] as number,
    embeddings: await takeFinite(h),
    pictures: Array.from({ length: recipe.supervised_views }, () => places).flat(),
    supportLabels,
    sampled: voters.classes,
    classes: images.labels.classes,
    smoothing: recipe.label_smoothing,
    temperature: voters.temperature,
    sharpen: voters.sharpen,
  });
  const ballots: Ballot[] = [];
  for (const [i, crops] of drawn.entries()) {
    const own = (rows: Float32Array) => {
      const length = rows.length / drawn.length;
      return rows.slice(i * length, (i + 1) * length);
    };
    ballots.push({
      index: indices[i] as number,
      views: await show(crops, 1),
      support,
      supportLabels,
      similarities: own(similarities),
      votes: own(votes),
      probabilities: own(probabilities),
      targets: own(targets),
    });
  }
  return ballots;
}

/** All crops of one group's draws in one batch. */
function cropAll({ store }: TrainingImages, drawn: readonly DrawnCrops[]): tf.Tensor {
  const { group } = drawn[0] as DrawnCrops;
  const rows = Float32Array.from(drawn.flatMap(({ parameters }) => [...parameters]));
  return augmentRows(store, rows, group.size, group);
}

/**
 * The class each picture of the support has now, so that a changed label counts at once; one taken away votes on until
 * the next step.
 */
function labelsNow(
  { indices, columns, classes }: Voters,
  support: Int32Array,
  given: Int32Array,
): Int32Array {
  return support.map((index) => {
    const now = given[index] as number;
    return now >= 0 ? now : (classes[columns[indices.indexOf(index)] as number] as number);
  });
}
