/** Which pictures can be voted on, and the ones before and after those that are watched. */

/** Training pictures whose label is hidden, rising. @param given [n] class given, −1 none */
export function unlabelledOf(trainIndices: ArrayLike<number>, given: Int32Array | null): number[] {
  return Array.from(trainIndices).filter((index) => given === null || (given[index] ?? -1) < 0);
}

/**
 * The `count` candidates after (`by` 1) or before (−1) those that are watched, going round at the ends; none where
 * there are no candidates.
 * @param candidates rising
 */
export function turnPage(
  candidates: readonly number[],
  watched: readonly number[],
  by: 1 | -1,
  count: number,
): number[] {
  const shown = Math.min(count, candidates.length);
  const first = watched[0] ?? -1;
  const from = candidates.findIndex((index) => index >= first);
  const place = from < 0 ? 0 : from;
  const step = watched.length === 0 ? 0 : by > 0 ? Math.max(1, Math.min(watched.length, shown)) : -shown;
  return Array.from({ length: shown }, (_, i) => {
    const at = (place + step + i) % candidates.length;
    return candidates[at < 0 ? at + candidates.length : at]!;
  });
}

/** Where the watched pictures are among the candidates, from 1: '5–8 of 310'. */
export function pageWords(candidates: readonly number[], watched: readonly number[]): string {
  const first = candidates.indexOf(watched[0] ?? -1);
  if (first < 0) return `of ${candidates.length}`;
  const last = Math.min(candidates.length, first + watched.length);
  return `${first + 1}${last > first + 1 ? `–${last}` : ''} of ${candidates.length}`;
}
