/** A small curve with its bands and limits drawn in, for many numbers side by side; it shares the crosshair. */

import { type PointerEvent, useRef, useSyncExternalStore } from 'react';
import { crosshair } from './crosshair';
import { nearestIndex } from './smoothing';
import styles from './spark.module.css';
import { type SparkBox, sparkPath, sparkX, sparkY } from './sparkPath';
import type { ColourName } from './theme';

/** A range of values that means something: healthy, or not. */
export interface SparkBand {
  from: number;
  to: number;
  colour: ColourName;
}

interface SparkProps {
  steps: Float64Array;
  values: Float64Array;
  colour: ColourName;
  low: number;
  high: number;
  height?: number;
  bands?: readonly SparkBand[];
  /** Horizontal lines: limits red, baselines grey. */
  limits?: readonly { value: number; colour: ColourName }[];
  /** Mark every value: for curves of few points. */
  dots?: boolean;
}

const width = 200;

export function Spark({ steps, values, colour, low, high, height = 40, bands, limits, dots }: SparkProps) {
  const svg = useRef<SVGSVGElement>(null);
  const step = useSyncExternalStore(crosshair.subscribe, crosshair.getStep);
  const lastStep = Math.max(1, steps[steps.length - 1] ?? 1);
  const box: SparkBox = { width, height, firstStep: 0, lastStep, low, high };
  const point = (event: PointerEvent) => {
    const { left, width: shown } = svg.current!.getBoundingClientRect();
    const i = nearestIndex(steps, ((event.clientX - left) / shown) * lastStep);
    crosshair.set(i < 0 ? null : steps[i]!);
  };
  return (
    <div className={styles.spark} style={{ height }}>
      <svg
        ref={svg}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerMove={point}
        onPointerLeave={() => crosshair.set(null)}
      >
        {bands?.map((band) => {
          const top = sparkY(box, band.to);
          return (
            <rect
              key={band.from}
              x={0}
              y={top}
              width={width}
              height={Math.max(0, sparkY(box, band.from) - top)}
              fill={`var(--${band.colour})`}
              opacity={0.14}
            />
          );
        })}
        {limits?.map((limit) => (
          <path
            key={limit.value}
            className={styles.limit}
            d={`M0 ${sparkY(box, limit.value)}H${width}`}
            stroke={`var(--${limit.colour})`}
          />
        ))}
        <path className={styles.curve} d={sparkPath(steps, values, box)} stroke={`var(--${colour})`} />
        {step !== null && step <= lastStep && (
          <path className={styles.hair} d={`M${sparkX(box, step)} 0V${height}`} />
        )}
      </svg>
      {dots &&
        Array.from(values, (value, i) =>
          Number.isFinite(value) ? (
            <i
              key={steps[i]}
              className={styles.dot}
              style={{
                left: `${(steps[i]! / lastStep) * 100}%`,
                top: sparkY(box, value),
                background: `var(--${colour})`,
              }}
            />
          ) : null,
        )}
    </div>
  );
}
