/** A picture of the batch with the boxes that its views were cut from. */

import type { ViewsReport } from '../../../session/protocol';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import { viewColour } from './colours';
import styles from './views.module.css';

interface OriginalProps {
  report: ViewsReport;
  picture: number;
  /** The view to point out. */
  marked: number | null;
}

export function Original({ report, picture, marked }: OriginalProps) {
  const size = report.imageSize;
  const area = size * size * 4;
  return (
    <div
      className={styles.original}
      role="img"
      aria-label={`picture ${picture + 1} of the batch with the boxes of its ${report.views.length} views`}
    >
      <RgbaCanvas pixels={report.pictures.subarray(picture * area, (picture + 1) * area)} size={size} />
      <svg viewBox={`0 0 ${size} ${size}`} aria-hidden="true">
        {report.views.map(({ name, boxes }, view) => {
          const box = boxes[picture]!;
          const place = { x: box.left, y: box.top, width: box.width, height: box.height };
          return (
            <g key={name} className={styles.box} data-faded={marked !== null && marked !== view}>
              <rect {...place} stroke="#fff" strokeWidth={marked === view ? 5 : 3.6} />
              <rect {...place} stroke={viewColour(view)} strokeWidth={marked === view ? 3.4 : 2.2} />
            </g>
          );
        })}
      </svg>
    </div>
  );
}
