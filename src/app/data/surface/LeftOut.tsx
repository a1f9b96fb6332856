/** The pictures of a stored set that are left out, by name: they are in no use, so there is nothing to see of them. */

import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import { shortened } from '../../../labels';
import type { SetColumns } from '../../../session/library';
import { plural } from '../../format';
import frame from '../../labels/labels.module.css';
import { whyKept } from './leaveOut';
import styles from './surface.module.css';

interface Props {
  columns: SetColumns;
  /** Those that are left out. */
  rows: Int32Array;
  /** Part of a name. */
  search: string;
  /** A run keeps its pictures. */
  locked: boolean;
  onTakeIn(rows: Int32Array): void;
}

/** px */
const lineHeight = 40;

export function LeftOut({ columns, rows, search, locked, onTakeIn }: Props) {
  const scroller = useRef<HTMLElement>(null);
  const found = useMemo(() => {
    const part = search.trim().toLowerCase();
    return rows.filter((row) => columns.names[row]!.toLowerCase().includes(part));
  }, [columns, rows, search]);
  const lines = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 6,
  });
  const takeIn = (some: Int32Array) => {
    // The button goes with its line.
    scroller.current?.focus();
    onTakeIn(some);
  };
  return (
    <>
      <div className={styles.line}>
        <p className={styles.facts}>
          {plural(found.length, 'picture')} left out: neither trained on nor scored with, and kept.
        </p>
        <Button
          size="compact-sm"
          variant="default"
          disabled={locked || found.length === 0}
          onClick={() => takeIn(found)}
        >
          Take in all {found.length > 1 ? found.length : ''} again
        </Button>
      </div>
      {locked && <p className={frame.locked}>{whyKept}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls by itself, by key too */}
      <section ref={scroller} className={styles.leftOut} tabIndex={0} aria-label="Pictures left out">
        <ul style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map(({ index, start }) => {
            const row = found[index]!;
            const label = columns.labels[row]!;
            const name = shortened(columns.names[row]!, 160);
            return (
              <li key={row} style={{ transform: `translateY(${start}px)`, height: lineHeight }}>
                <bdi className={styles.name} title={name}>
                  {columns.names[row]!.slice(0, 400)}
                </bdi>
                <span className={styles.rest}>
                  {label >= 0 && (
                    <>
                      <bdi>{shortened(columns.classNames[label] ?? '', 30)}</bdi> ·{' '}
                    </>
                  )}
                  {columns.widths[row]} × {columns.heights[row]} px
                </span>
                <Button
                  size="compact-xs"
                  variant="default"
                  disabled={locked}
                  aria-label={`Take ${name} in again`}
                  onClick={() => takeIn(Int32Array.of(row))}
                >
                  Take in again
                </Button>
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}
