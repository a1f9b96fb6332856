/** A small curve as an SVG path. */

import { thin } from './smoothing';

/** What a small curve spans; the height belongs to `low` … `high`, clipped there. */
export interface SparkBox {
  width: number;
  height: number;
  firstStep: number;
  lastStep: number;
  low: number;
  high: number;
}

/** Vertical place of a value, 0 at the top. */
export function sparkY(box: SparkBox, value: number): number {
  const share = (value - box.low) / (box.high - box.low || 1);
  return (1 - Math.min(1, Math.max(0, share))) * box.height;
}

/** Horizontal place of a step. */
export function sparkX(box: SparkBox, step: number): number {
  return ((step - box.firstStep) / (box.lastStep - box.firstStep || 1)) * box.width;
}

/** The curve through the finite values, one stroke for each unbroken part. */
export function sparkPath(steps: Float64Array, values: Float64Array, box: SparkBox): string {
  const points = thin(steps, values, Math.ceil(box.width / 2));
  let path = '';
  let pen = 'M';
  for (let i = 0; i < points.x.length; i++) {
    const value = points.y[i]!;
    if (!Number.isFinite(value)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${sparkX(box, points.x[i]!).toFixed(1)} ${sparkY(box, value).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}
