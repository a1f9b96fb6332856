/** React's view of a table of numbers: a tick a few times a second while it changes. */

import { useEffect, useState } from 'react';
import type { Columns } from '../../store/series';

const defaultGap = 300;

/** Re-renders at most every `gap` ms while any of the tables changes; returns a number that rises with them. */
export function useColumns(tables: readonly Columns[], gap = defaultGap): number {
  const [tick, setTick] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tables are compared one by one
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let last = Number.NEGATIVE_INFINITY;
    const renderNow = () => {
      timer = null;
      last = performance.now();
      setTick((before) => before + 1);
    };
    const onChange = () => {
      timer ??= setTimeout(renderNow, Math.max(0, last + gap - performance.now()));
    };
    const stops = tables.map((table) => table.subscribe(onChange));
    onChange();
    return () => {
      for (const stop of stops) stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [gap, ...tables]);
  return tick;
}
