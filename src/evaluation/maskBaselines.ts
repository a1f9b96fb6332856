/**
 * What a Jaccard score has to be held against: masks that have seen nothing (the whole picture, a disc in the
 * middle, random patches) and what a patch grid could do if it knew the truth.
 */
import { randomStream } from '../platform/random';
import { PatchGrid } from './jaccard';

export interface MaskBaselines {
  /** Mean Jaccard when everything is marked, percent: the mean share of the object. */
  wholeImage: number;
  /** The centred disc that scores best over all pictures; radius in px of the masks. */
  centredDisc: { radius: number; jaccard: number };
}

/** Baselines that need no patch grid. `masks` [n, size, size] 0/1. */
export function maskBaselines(masks: Uint8Array, size: number): MaskBaselines {
  const pixels = size * size;
  const n = masks.length / pixels;
  const ring = ringOfPixel(size);
  const rings = ring.reduce((most, r) => Math.max(most, r), 0) + 1;
  const discArea = new Int32Array(rings);
  for (const r of ring) discArea[r]!++;
  for (let r = 1; r < rings; r++) discArea[r]! += discArea[r - 1]!;

  const score = new Float64Array(rings);
  const inDisc = new Int32Array(rings);
  for (let image = 0; image < n; image++) {
    inDisc.fill(0);
    for (let i = 0; i < pixels; i++) if (masks[image * pixels + i] !== 0) inDisc[ring[i]!]!++;
    for (let r = 1; r < rings; r++) inDisc[r]! += inDisc[r - 1]!;
    const truth = inDisc[rings - 1]!;
    for (let r = 0; r < rings; r++) {
      score[r]! += (100 * inDisc[r]!) / Math.max(discArea[r]! + truth - inDisc[r]!, 1) / n;
    }
  }
  const best = score.reduce((best, value, r) => (value > score[best]! ? r : best), 0);
  return {
    wholeImage: score[rings - 1]!,
    // Ring r holds the pixels whose centres are less than r + 1 px from the middle.
    centredDisc: { radius: best + 1, jaccard: score[best]! },
  };
}

/**
 * Oracle: mean Jaccard, in percent, of masks that mark the patches of a rows × cols grid more than half covered by
 * the object. What the coarseness of the grid leaves to be reached.
 */
export function oracleMask(masks: Uint8Array, size: number, rows: number, cols: number): number {
  return meanOverPictures(masks, size, rows, cols, (grid) => grid.jaccard(grid.truthMask()));
}

/** Mean Jaccard of masks that keep a random `share` of the patches, percent; always the same masks. */
export function randomMask(
  masks: Uint8Array,
  size: number,
  rows: number,
  cols: number,
  share: number,
): number {
  const random = randomStream(0, 'random patch masks');
  const patches = rows * cols;
  const kept = new Uint8Array(patches);
  return meanOverPictures(masks, size, rows, cols, (grid) => {
    kept.fill(0);
    for (const p of random.permutation(patches).subarray(0, Math.round(share * patches))) kept[p] = 1;
    return grid.jaccard(kept);
  });
}

function meanOverPictures(
  masks: Uint8Array,
  size: number,
  rows: number,
  cols: number,
  score: (grid: PatchGrid) => number,
): number {
  const n = masks.length / (size * size);
  const grid = new PatchGrid(rows, cols, size);
  let sum = 0;
  for (let image = 0; image < n; image++) {
    grid.lookAt(masks, image);
    sum += score(grid);
  }
  return sum / n;
}

/** [size·size] distance of each pixel's centre from the middle of the picture, in whole px, rounded down. */
function ringOfPixel(size: number): Int32Array {
  const ring = new Int32Array(size * size);
  const middle = (size - 1) / 2;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) ring[y * size + x] = Math.floor(Math.hypot(x - middle, y - middle));
  }
  return ring;
}
