/**
 * Ballots: how chosen pictures are voted on, with the network in evaluation mode. A picture's two global views are
 * drawn from a stream of its own, so that it can be followed over the run.
 */
import * as tf from '@tensorflow/tfjs-core';
import { augment, COLUMNS, drawCrops, viewGroups } from '../../augmentation';
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

/** The ballots of the pictures `indices`. */
export async function castBallots(
  { recipe, images, trunk, read }: PollingPlace,
  voters: Voters,
  indices: Int32Array,
  show: ShowViews,
): Promise<Ballot[]> {
  const globals = viewGroups(recipe).slice(0, 1);
  const drawn = [...indices].flatMap((index) =>
    drawCrops(recipe, randomStream(recipe.seed, `ballot ${index}`), [index], images.store, globals),
  );
  const h = tf.tidy(() => {
    const crops = [voters.crops, ...drawn].map(({ group, parameters }) => {
      const rows = tf.tensor2d(parameters, [parameters.length / COLUMNS, COLUMNS]);
      return augment(images.store, rows, group.size, group);
    });
    const features = trunk.forward(read, [{ crops: tf.concat(crops) }], { mode: 'eval' });
    return pawsProjection(read, features, { mode: 'eval' });
  });
  const supportLabels = labelsNow(voters, images.labels.given);
  const { similarities, votes, probabilities, targets } = countVotes({
    dim: h.shape[1] as number,
    embeddings: await takeFinite(h),
    supportViews: recipe.supervised_views,
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
      support: voters.indices,
      supportLabels,
      similarities: own(similarities),
      votes: own(votes),
      probabilities: own(probabilities),
      targets: own(targets),
    });
  }
  return ballots;
}

/** The class each voter has now, so that a changed label counts at once; one taken away votes on until the next step. */
function labelsNow({ indices, columns, classes }: Voters, given: Int32Array): Int32Array {
  return indices.map((index, row) => {
    const now = given[index] as number;
    return now >= 0 ? now : (classes[columns[row] as number] as number);
  });
}
