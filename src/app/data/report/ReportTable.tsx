/** The files of a report as a table of which only the rows in view are drawn. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { shortened } from '../../../labels';
import type { ReportLine } from '../../../session/library';
import { outcomeWords, whatBecame } from './lines';
import styles from './report.module.css';

/** Longer names than this are cut on screen; the table that is saved has them whole. */
const mostShown = 300;

export function ReportTable({ lines }: { lines: readonly ReportLine[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 44,
    overscan: 8,
  });
  if (lines.length === 0) return <p className={styles.waiting}>No file fits that.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the table scrolls by itself, by key too
    <div ref={scroller} className={styles.scroller} tabIndex={0} data-autofocus>
      {/* biome-ignore lint/a11y/useSemanticElements: rows that stand where they are put are no table elements */}
      <div
        role="table"
        aria-label="Files"
        aria-rowcount={lines.length}
        style={{ height: rows.getTotalSize(), position: 'relative' }}
      >
        {rows.getVirtualItems().map(({ index, start, key }) => {
          const line = lines[index]!;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: nothing to do in a row
            <div
              key={key}
              ref={rows.measureElement}
              data-index={index}
              role="row"
              aria-rowindex={index + 1}
              className={styles.line}
              style={{ transform: `translateY(${start}px)` }}
            >
              {/* biome-ignore lint/a11y/useSemanticElements: as above */}
              <span role="cell" className={`${styles.outcome} ${styles[line.outcome]}`}>
                {line.outcome === 'skipped' ? outcomeWords.skipped : shortWords[line.outcome]}
              </span>
              {/* biome-ignore lint/a11y/useSemanticElements: as above */}
              <bdi role="cell" className={styles.path}>
                {shortened(line.path, mostShown)}
              </bdi>
              {/* biome-ignore lint/a11y/useSemanticElements: as above */}
              <span role="cell" className={styles.what}>
                {shortened(whatBecame(line), mostShown)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

const shortWords = { imported: 'came in', converted: 'converted', used: 'read' } as const;
