/** Scores nobody had to learn, which every learned score is held against: pixels, colours, simple masks. */

import type { ImageDataset } from '../dataset';
import { histogramFeatures, maskBaselines, pixelFeatures, withoutMean } from '../evaluation';
import { classifyFeatures } from './featureScores';
import type { BaselinesReport } from './protocol';
import type { ScoringSample } from './scoringSample';
import { nextTask } from './turns';

/** Side of the small pictures whose pixels are compared. */
const pixelSide = 16;
/** Pictures that are in memory together. */
const chunk = 256;
/** Bins of each colour in the histograms. */
const histogramBins = 8;

/** What follows from the data set alone, whatever the network. */
export type DataBaselines = Pick<
  BaselinesReport,
  'chance' | 'pixels' | 'histogram' | 'wholeImage' | 'centredDisc'
>;

/** @throws the signal's reason when aborted between two of them */
export async function dataBaselines(
  dataset: ImageDataset,
  sample: ScoringSample,
  signal: AbortSignal,
): Promise<DataBaselines> {
  const classes = dataset.classNames.length;
  const breathe = async () => {
    await nextTask();
    signal.throwIfAborted();
  };

  await breathe();
  const bankRows = Int32Array.from(sample.bank, (_, row) => row);
  const pixelScores = await classifyFeatures(
    smallPixels(dataset, sample.features, bankRows),
    sample,
    classes,
    breathe,
  );
  const colours = describePictures(dataset, sample.features, (pixels, count) =>
    histogramFeatures(pixels, count, dataset.size, histogramBins),
  );
  const histogram = await classifyFeatures(colours, sample, classes, breathe);
  const masks =
    sample.masked.length > 0 ? maskBaselines(masksOf(dataset, sample.masked), dataset.size) : null;
  return {
    chance: classes > 0 ? 100 / classes : null,
    pixels: pixelScores,
    histogram,
    wholeImage: masks?.wholeImage ?? null,
    centredDisc: masks?.centredDisc ?? null,
  };
}

/**
 * [n, dim] what a comparison of the chosen pictures' pixels goes by: small copies, less what all have in common.
 * @param averaged rows that are averaged for that; all when left out
 */
export function smallPixels(dataset: ImageDataset, indices: Int32Array, averaged?: Int32Array): Float32Array {
  const small = describePictures(dataset, indices, (pixels, count) =>
    pixelFeatures(pixels, count, dataset.size, pixelSide),
  );
  return withoutMean(small, 3 * pixelSide ** 2, averaged);
}

/** [n, dim] the features that `describe` makes of the chosen pictures, few of which are in memory at a time. */
function describePictures(
  { pixels }: ImageDataset,
  indices: Int32Array,
  describe: (pixels: Uint32Array, count: number) => Float32Array,
): Float32Array {
  let features = new Float32Array(0);
  for (let from = 0; from < indices.length; from += chunk) {
    const some = indices.subarray(from, from + chunk);
    const rows = describe(pixels.take(some), some.length);
    const dim = rows.length / some.length;
    if (from === 0) features = new Float32Array(indices.length * dim);
    features.set(rows, from * dim);
  }
  return features;
}

/** [n, size, size] masks of the chosen images; the data set must have some. */
export function masksOf({ masks }: ImageDataset, indices: Int32Array): Uint8Array<ArrayBuffer> {
  return masks!.take(indices);
}
