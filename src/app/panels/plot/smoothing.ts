/**
 * What happens to a series between the table and the screen: smoothed over all its raw values first, then
 * thinned to what the pixels can show. The other way round, smoothing would depend on the width of the window.
 */

/** A thinned series: points of the original, in order. */
export interface Points {
  x: number[];
  y: number[];
}

/**
 * Exponential moving average, corrected for its start (a constant series stays that constant). Values that are
 * not finite are left out of the average and stay as they are.
 * @param weight share of the past in each value: 0 (off) to below 1
 */
export function smooth(values: Float64Array, weight: number): Float64Array {
  if (weight <= 0) return values;
  const smoothed = new Float64Array(values.length);
  let average = 0;
  let mass = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      smoothed[i] = value;
      continue;
    }
    average = weight * average + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    smoothed[i] = average / mass;
  }
  return smoothed;
}

/** First index of the rising `x` whose value is at least `at`. */
export function lowerBound(x: ArrayLike<number>, at: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the value of the rising `x` nearest to `at`; -1 when there is none. */
export function nearestIndex(x: ArrayLike<number>, at: number): number {
  const above = lowerBound(x, at);
  if (above === 0) return x.length === 0 ? -1 : 0;
  if (above === x.length) return x.length - 1;
  return at - x[above - 1]! <= x[above]! - at ? above - 1 : above;
}

/**
 * At most 2·`buckets` points that look the same as all of them: the lowest and the highest of each bucket, in their
 * order, and both ends. Spikes survive. Values that are not finite become one gap each bucket.
 * @param range only points from here to there, and one neighbour on each side so that lines run out of the frame
 */
export function thin(
  x: Float64Array,
  y: Float64Array,
  buckets: number,
  range?: readonly [number, number],
): Points {
  const from = range ? Math.max(0, lowerBound(x, range[0]) - 1) : 0;
  const to = range ? Math.min(x.length, lowerBound(x, range[1]) + 1) : x.length;
  const points: Points = { x: [], y: [] };
  const add = (i: number) => {
    points.x.push(x[i]!);
    points.y.push(y[i]!);
  };
  if (to - from <= 2 * buckets) {
    for (let i = from; i < to; i++) add(i);
    return points;
  }
  add(from);
  const inner = to - from - 2;
  const count = Math.max(1, buckets - 1);
  for (let bucket = 0; bucket < count; bucket++) {
    const start = from + 1 + Math.floor((bucket * inner) / count);
    const end = from + 1 + Math.floor(((bucket + 1) * inner) / count);
    for (const i of extremes(y, start, end)) add(i);
  }
  add(to - 1);
  return points;
}

/** Indices of the lowest and the highest value between `start` and `end`, rising; a gap where nothing is finite. */
function extremes(y: Float64Array, start: number, end: number): number[] {
  let low = -1;
  let high = -1;
  for (let i = start; i < end; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) continue;
    if (low < 0 || value < y[low]!) low = i;
    if (high < 0 || value > y[high]!) high = i;
  }
  if (low < 0) return start < end ? [start] : [];
  if (low === high) return [low];
  return low < high ? [low, high] : [high, low];
}
