/** The views as the networks saw them: cropped, mirrored, recoloured, blurred. */

import type { ViewsReport } from '../../../session/protocol';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import { viewColour } from './colours';
import styles from './views.module.css';

interface ViewStripProps {
  report: ViewsReport;
  picture: number;
  marked: number | null;
  onMark(view: number | null): void;
}

export function ViewStrip({ report, picture, marked, onMark }: ViewStripProps) {
  return (
    <div className={styles.strip}>
      {report.views.map(({ name, size, boxes, pixels }, view) => {
        const area = size * size * 4;
        const mirrored = boxes[picture]!.flip;
        return (
          <button
            key={name}
            type="button"
            className={styles.view}
            data-local={view >= 2}
            data-faded={marked !== null && marked !== view}
            aria-label={`${name}${mirrored ? ', mirrored' : ''}: show its box`}
            onPointerEnter={() => onMark(view)}
            onPointerLeave={() => onMark(null)}
            onFocus={() => onMark(view)}
            onBlur={() => onMark(null)}
          >
            <span className={styles.pixels} style={{ borderColor: viewColour(view) }}>
              <RgbaCanvas pixels={pixels.subarray(picture * area, (picture + 1) * area)} size={size} />
            </span>
            <span className={styles.name}>
              {name}
              {mirrored && <i>mirrored</i>}
            </span>
          </button>
        );
      })}
    </div>
  );
}
