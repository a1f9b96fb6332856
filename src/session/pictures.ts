/** Pictures for the page: RGBA copies, thumbnails, and the choice of the images that attention is drawn over. */

import type { PixelStore } from '../dataset';
import { PawsaurError } from '../platform/errors';

/** The part of a data set that pictures are taken from. */
export interface PictureSource {
  size: number;
  count: number;
  pixels: PixelStore;
}

/** [n, size, size, 4] RGBA of the chosen images at their stored size. @throws PawsaurError for a bad index */
export function rgbaPictures(
  source: PictureSource,
  indices: ArrayLike<number>,
): Uint8ClampedArray<ArrayBuffer> {
  for (let i = 0; i < indices.length; i++) checkIndex(source, indices[i]!);
  return new Uint8ClampedArray(source.pixels.take(indices).buffer);
}

/** [n, size, size, 4] RGBA of the chosen images, each output pixel the mean of the pixels it covers. */
export function thumbnailPictures(
  source: PictureSource,
  indices: ArrayLike<number>,
  size: number,
): Uint8ClampedArray<ArrayBuffer> {
  const bytes = rgbaPictures(source, indices);
  if (size === source.size) return bytes;
  const out = new Uint8ClampedArray(indices.length * size * size * 4);
  const spans = Array.from({ length: size }, (_, i) => coveredSpan(i, size, source.size));
  for (let n = 0; n < indices.length; n++) {
    const start = n * source.size * source.size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        meanPixel(bytes, start, source.size, spans[y]!, spans[x]!, out, ((n * size + y) * size + x) * 4);
      }
    }
  }
  return out;
}

/** First and past-the-last stored pixel under output pixel `i`; at least one. */
function coveredSpan(i: number, outSize: number, inSize: number): [number, number] {
  const first = Math.min(inSize - 1, Math.floor((i * inSize) / outSize));
  return [first, Math.max(first + 1, Math.floor(((i + 1) * inSize) / outSize))];
}

function meanPixel(
  bytes: Uint8ClampedArray,
  start: number,
  width: number,
  [top, bottom]: [number, number],
  [left, right]: [number, number],
  out: Uint8ClampedArray,
  at: number,
): void {
  for (let channel = 0; channel < 4; channel++) {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += bytes[(start + y * width + x) * 4 + channel]!;
    }
    out[at + channel] = sum / ((bottom - top) * (right - left));
  }
}

function checkIndex(source: PictureSource, index: number): void {
  if (Number.isInteger(index) && index >= 0 && index < source.count) return;
  throw new PawsaurError('session/index', `There is no picture ${index}; the set has ${source.count}.`);
}

/**
 * At most `n` images to watch through a run: spread over the classes, held-out ones first, the same for the
 * same data set. Unlabelled sets: spread over the held-out images, or over all.
 */
export function chooseProbes(
  dataset: { count: number; labels: Int32Array; heldOut: Uint8Array; classNames: readonly string[] },
  n = 8,
): Int32Array {
  const byClass = new Map<number, number[]>();
  for (const wanted of [1, 0]) {
    for (let i = 0; i < dataset.count; i++) {
      if (dataset.heldOut[i] !== wanted) continue;
      const label = dataset.labels[i]!;
      const members = byClass.get(label) ?? [];
      byClass.set(label, members);
      members.push(i);
    }
  }
  if (byClass.size > 1) byClass.delete(-1);
  const labels = spread(
    [...byClass.keys()].sort((a, b) => a - b),
    n,
  );
  if (labels.length === 1) {
    const members = byClass.get(labels[0]!)!;
    const heldOut = members.filter((i) => dataset.heldOut[i] === 1);
    return Int32Array.from(spread(heldOut.length >= n ? heldOut : members, n));
  }
  const probes: number[] = [];
  for (let round = 0; probes.length < Math.min(n, dataset.count); round++) {
    const members = labels.flatMap((label) => byClass.get(label)![round] ?? []);
    if (members.length === 0) break;
    probes.push(...members.slice(0, n - probes.length));
  }
  return Int32Array.from(probes);
}

/** At most `n` of the items, evenly spaced, in order. */
export function spread<T>(items: ArrayLike<T>, n: number): T[] {
  const kept = Math.min(n, items.length);
  return Array.from({ length: kept }, (_, i) => items[Math.floor((i * items.length) / kept)]!);
}
