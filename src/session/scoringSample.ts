/** Which images a run is scored on: fixed at its start, so that every evaluation and baseline sees the same. */

import type { MaskStore } from '../dataset';
import { spread } from './pictures';

/** Labels that vote are read from at most this many times `eval_images` training images. */
const bankFactor = 5;
/** Images scored at double input size, which costs four times as much and more. */
const mostDoubled = 128;

export interface ScoringSample {
  /** Labelled training images, whose labels vote. */
  bank: Int32Array;
  /** Labelled held-out images, which are classified. */
  test: Int32Array;
  /** Images whose features are computed: bank then test, or, without labels, any. */
  features: Int32Array;
  /** Labels of `features`, −1 where unknown. */
  labels: Int32Array;
  /** Images with a known mask whose attention is scored; empty without masks. */
  masked: Int32Array;
  /** The part of `masked` that is scored at double size too. */
  doubled: Int32Array;
}

interface Split {
  count: number;
  labels: Int32Array;
  heldOut: Uint8Array;
  masks: Pick<MaskStore, 'has'> | null;
}

/** @param evalImages most held-out images scored (`eval_images` of the recipe) */
export function chooseScoringSample(dataset: Split, evalImages: number): ScoringSample {
  const all = Array.from({ length: dataset.count }, (_, i) => i);
  const heldOut = all.filter((i) => dataset.heldOut[i] === 1);
  const labelled = all.filter((i) => dataset.labels[i]! >= 0);
  const bank = spread(
    labelled.filter((i) => dataset.heldOut[i] === 0),
    bankFactor * evalImages,
  );
  const test = spread(
    labelled.filter((i) => dataset.heldOut[i] === 1),
    evalImages,
  );
  const features = labelled.length > 0 ? [...bank, ...test] : spread(all, evalImages);
  const hasMask = (i: number) => dataset.masks?.has(i) ?? false;
  const maskedHeldOut = heldOut.filter(hasMask);
  const masked = spread(maskedHeldOut.length > 0 ? maskedHeldOut : all.filter(hasMask), evalImages);
  return {
    bank: Int32Array.from(bank),
    test: Int32Array.from(test),
    features: Int32Array.from(features),
    labels: Int32Array.from(features, (i) => dataset.labels[i]!),
    masked: Int32Array.from(masked),
    doubled: Int32Array.from(spread(masked, mostDoubled)),
  };
}
