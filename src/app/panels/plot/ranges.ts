/** How far the axes reach, and where the words beside horizontal lines go. */

/** Grows to hold values; empty until it holds one. */
export interface Extent {
  low: number;
  high: number;
}

/** Lowest and highest finite value of all, above zero only when `log`; null when there is none. */
export function extentOf(series: readonly ArrayLike<number>[], log: boolean): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value) || (log && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? { low, high } : null;
}

/**
 * Range of the value axis in plotly's terms (powers of ten when `log`): the extent with some air, never flatter than
 * `leastSpan`.
 */
export function axisRange(extent: Extent | null, log: boolean, leastSpan: number): [number, number] {
  if (extent === null) return log ? [-1, 1] : [0, 1];
  const low = log ? Math.log10(extent.low) : extent.low;
  const high = log ? Math.log10(extent.high) : extent.high;
  const least = log ? 0.05 : leastSpan || Math.abs(high) * 0.01 || 1;
  const missing = Math.max(0, least - (high - low)) / 2;
  const air = (high - low) * 0.08 + missing;
  return [low - air, high + air];
}

/**
 * Moves marks apart until neighbours are `gap` apart, as little as needed, within [low, high] as far as they fit.
 * @returns one place for each mark, in the order given
 */
export function spread(marks: readonly number[], gap: number, low: number, high: number): number[] {
  const order = marks.map((_, i) => i).sort((a, b) => marks[a]! - marks[b]!);
  const places = [...marks];
  let floor = low;
  for (const i of order) {
    places[i] = Math.max(places[i]!, floor);
    floor = places[i]! + gap;
  }
  let ceiling = high;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i]!, ceiling);
    ceiling = places[i]! - gap;
  }
  return places;
}
