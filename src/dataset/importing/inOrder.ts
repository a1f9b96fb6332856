/** Work on many things, several at a time, whose results are taken in order. */

/** How much may be under way. */
export interface Pace {
  /** Pieces of work at the same time. */
  concurrency: number;
  /** Pieces begun and not taken yet, so that a slow one does not stop the others at once. */
  window: number;
}

/**
 * Calls `work` on every item and `take` on every result, in the order of `items` and one at a time. The first error
 * of either ends it: nothing is begun any more, and what is under way ends before the error is thrown.
 */
export async function inOrder<T, R>(
  items: readonly T[],
  { concurrency, window }: Pace,
  work: (item: T) => Promise<R>,
  take: (result: R, item: T) => Promise<void> | void,
): Promise<void> {
  const results = new Map<number, R>();
  let begun = 0;
  let taken = 0;
  let stopped = false;
  let wake: () => void;
  let change: Promise<void>;
  const changed = () => {
    wake?.();
    change = new Promise((resolve) => {
      wake = resolve;
    });
  };
  changed();

  const worker = async () => {
    while (!stopped && begun < items.length) {
      if (begun - taken >= window) {
        await change;
        continue;
      }
      const i = begun++;
      results.set(i, await work(items[i]!));
      changed();
    }
  };
  const taker = async () => {
    while (!stopped && taken < items.length) {
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
  };
  const stopping = async (running: Promise<void>) => {
    try {
      await running;
    } catch (error) {
      stopped = true;
      changed();
      throw error;
    }
  };
  const all = [taker(), ...Array.from({ length: concurrency }, worker)].map(stopping);
  const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
