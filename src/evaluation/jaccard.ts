/**
 * How well attention masks cover the object: the Jaccard index (intersection over union) with the true mask,
 * in percent. The DINO paper (section 4.2.2, figure 4) takes the best head for every image; with several heads
 * that flatters (random features reach 39 on `confetti`), so the mean over heads is the honest number here.
 */
import { attentionMask } from './attentionMask';

export interface AttentionScore {
  /** Mean over images and heads: the honest number. */
  headMean: number;
  /** Mean over images of each image's best head: the paper's protocol. */
  bestHead: number;
  /** The single head that is best over all images. */
  fixedHead: number;
  /** One mask per image from the attention averaged over heads. */
  averagedMap: number;
  /** [heads] mean over images. */
  perHead: number[];
  /** [n, heads] */
  perImage: Float32Array;
}

/** Jaccard index of two masks of equal size, in percent; 0 when both are empty. */
export function jaccard(mask: ArrayLike<number>, truth: ArrayLike<number>): number {
  let both = 0;
  let either = 0;
  for (let i = 0; i < truth.length; i++) {
    const kept = mask[i]! > 0;
    const wanted = truth[i]! > 0;
    if (kept && wanted) both++;
    if (kept || wanted) either++;
  }
  return (100 * both) / Math.max(either, 1);
}

/**
 * Scores the masks of every head.
 * @param attention [n, heads, rows·cols] CLS→patch attention; the grid is laid over the whole picture, so a
 * finer grid (a larger input) is scored on the same truth
 * @param masks [n, size, size] 0/1
 * @param threshold share of the attention mass a mask keeps
 */
export function scoreAttention(
  attention: Float32Array,
  rows: number,
  cols: number,
  masks: Uint8Array,
  size: number,
  threshold: number,
): AttentionScore {
  const patches = rows * cols;
  const n = masks.length / (size * size);
  const heads = attention.length / (n * patches);
  const grid = new PatchGrid(rows, cols, size);
  const perImage = new Float32Array(n * heads);
  const averaged = new Float64Array(patches);
  let averagedMap = 0;
  for (let image = 0; image < n; image++) {
    grid.lookAt(masks, image);
    averaged.fill(0);
    for (let head = 0; head < heads; head++) {
      const start = (image * heads + head) * patches;
      const map = attention.subarray(start, start + patches);
      perImage[image * heads + head] = grid.jaccard(attentionMask(map, threshold));
      for (let p = 0; p < patches; p++) averaged[p]! += map[p]! / heads;
    }
    averagedMap += grid.jaccard(attentionMask(averaged, threshold)) / n;
  }

  const perHead = new Array<number>(heads).fill(0);
  let bestHead = 0;
  for (let image = 0; image < n; image++) {
    const scores = perImage.subarray(image * heads, (image + 1) * heads);
    bestHead += Math.max(...scores) / n;
    for (const [head, score] of scores.entries()) perHead[head]! += score / n;
  }
  const headMean = perHead.reduce((sum, score) => sum + score, 0) / heads;
  return { headMean, bestHead, fixedHead: Math.max(...perHead), averagedMap, perHead, perImage };
}

/**
 * A patch grid over a square picture. Masks of patches are compared with pixel truth by counting true pixels
 * per patch once, instead of enlarging every mask.
 */
export class PatchGrid {
  /** [rows·cols] pixels of each patch. */
  readonly area: Int32Array;
  /** [rows·cols] true pixels of each patch, in the picture looked at. */
  readonly covered: Int32Array;
  private readonly patchOf: Int32Array;
  private truth = 0;

  constructor(
    rows: number,
    cols: number,
    private readonly size: number,
  ) {
    this.area = new Int32Array(rows * cols);
    this.covered = new Int32Array(rows * cols);
    this.patchOf = new Int32Array(size * size);
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const patch = Math.floor((y * rows) / size) * cols + Math.floor((x * cols) / size);
        this.patchOf[y * size + x] = patch;
        this.area[patch]!++;
      }
    }
  }

  /** Counts the true pixels of picture `image` in masks [n, size, size]. */
  lookAt(masks: Uint8Array, image: number): void {
    const pixels = this.size * this.size;
    this.covered.fill(0);
    this.truth = 0;
    for (let i = 0; i < pixels; i++) {
      if (masks[image * pixels + i]! === 0) continue;
      this.covered[this.patchOf[i]!]!++;
      this.truth++;
    }
  }

  /** Jaccard of a patch mask [rows·cols] with the picture looked at, percent. */
  jaccard(kept: ArrayLike<number>): number {
    let both = 0;
    let either = this.truth;
    for (let p = 0; p < this.area.length; p++) {
      if (kept[p] === 0) continue;
      both += this.covered[p]!;
      either += this.area[p]! - this.covered[p]!;
    }
    return (100 * both) / Math.max(either, 1);
  }

  /**
   * [rows·cols] 1 for the patches more than half covered: the mask an attention would have that sees exactly the
   * object. (The best mask of all is about one point better and harder to explain.)
   */
  truthMask(): Uint8Array {
    return Uint8Array.from(this.area, (area, p) => (2 * this.covered[p]! > area ? 1 : 0));
  }
}
