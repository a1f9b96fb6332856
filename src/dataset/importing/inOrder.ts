/** Work on many things, several at a time, whose results are taken in order. */

/** How much may be under way. */
export interface Pace {
  /** Pieces of work at the same time. */
  concurrency: number;
  /** Pieces begun and not taken yet, so that a slow one does not stop the others at once. */
  window: number;
  /** Ends it at once. */
  signal?: AbortSignal;
}

/**
 * Calls `work` on every item and `take` on every result, in the order of `items` and one at a time. The first error
 * of either, or the signal, ends it with the error or the signal's reason: nothing is begun any more, nothing is being
 * taken, and the results of what is still under way are dropped.
 */
export async function inOrder<T, R>(
  items: readonly T[],
  { concurrency, window, signal }: Pace,
  work: (item: T) => Promise<R>,
  take: (result: R, item: T) => Promise<void> | void,
): Promise<void> {
  const results = new Map<number, R>();
  let begun = 0;
  let taken = 0;
  const failures: unknown[] = [];
  let wake: () => void = () => undefined;
  let change = Promise.resolve();
  const changed = () => {
    wake();
    change = new Promise((resolve) => {
      wake = resolve;
    });
  };
  changed();
  const fail = (thrown: unknown) => {
    failures.push(thrown);
    changed();
  };

  const worker = async () => {
    while (failures.length === 0 && begun < items.length) {
      if (begun - taken >= window) {
        await change;
        continue;
      }
      const i = begun++;
      results.set(i, await work(items[i]!));
      changed();
    }
  };
  const stop = () => fail(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  try {
    for (let i = 0; i < concurrency; i++) worker().catch(fail);
    while (failures.length === 0 && taken < items.length) {
      if (!results.has(taken)) {
        await change;
        continue;
      }
      const result = results.get(taken) as R;
      results.delete(taken);
      await take(result, items[taken]!);
      taken++;
      changed();
    }
  } catch (thrown) {
    fail(thrown);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  if (failures.length > 0) throw failures[0];
}
