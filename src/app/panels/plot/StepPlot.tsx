/**
 * A plot over steps with its legend, crosshair and tools. Plotly draws the curves outside React (`livePlot.ts`);
 * what React renders here changes a few times a second at most.
 */

import {
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { crosshair } from './crosshair';
import { Legend } from './Legend';
import { LivePlot } from './livePlot';
import { PlotTools } from './PlotTools';
import styles from './plot.module.css';
import { readAll, summarise } from './readout';
import { nearestIndex } from './smoothing';
import { type Frame, type PlotSettings, type PlotSpec, pixelToStep, stepToPixel, visibleLines } from './spec';
import { useColumns } from './useColumns';

interface StepPlotProps {
  spec: PlotSpec;
  /** First weight of the moving average for the curves that are smoothed. */
  smoothing?: number;
  /** Start with a logarithmic value axis. */
  log?: boolean;
  /** Height of the drawing, px. */
  height?: number;
  /** Shown in place of the curves until there are any: what will appear here, and when. */
  empty: string;
}

/** Plots `spec`, which should be the same object from render to render while it means the same. */
export function StepPlot({ spec, smoothing = 0, log = false, height = 220, empty }: StepPlotProps) {
  const [settings, setSettings] = useState<PlotSettings>(() => ({
    log,
    smoothing,
    hidden: new Set(spec.lines.filter((line) => line.hidden).map((line) => line.id)),
    zoom: null,
  }));
  const [failed, setFailed] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const hair = useRef<HTMLDivElement>(null);
  const frame = useRef<Frame | null>(null);
  const plot = useRef<LivePlot | null>(null);
  const latest = useRef({ spec, settings });
  latest.current = { spec, settings };
  const tables = useMemo(() => [...new Set(spec.lines.map((line) => line.columns))], [spec]);
  const tick = useColumns(tables);
  const step = useSyncExternalStore(crosshair.subscribe, crosshair.getStep);

  useEffect(() => {
    const element = host.current!;
    const moveHair = () => placeHair(hair.current, frame.current);
    const live = new LivePlot(element, latest.current.spec, latest.current.settings, {
      drawn: (drawn) => {
        frame.current = drawn;
        moveHair();
      },
      zoomed: (zoom) => setSettings((before) => ({ ...before, zoom })),
      failed: () => setFailed(true),
    });
    plot.current = live;
    const stop = crosshair.subscribe(moveHair);
    return () => {
      stop();
      live.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => plot.current?.show(spec, settings), [spec, settings]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the tick stands for the numbers
  const summary = useMemo(() => summarise(spec, settings), [spec, settings, tick]);
  const lines = visibleLines(spec, settings.hidden);
  const steps = lines[0]?.columns.column('step') ?? new Float64Array(0);
  const blank = visibleLines(spec, new Set()).length === 0;
  const change = (part: Partial<PlotSettings>) => setSettings((before) => ({ ...before, ...part }));

  const point = (event: PointerEvent) => {
    if (frame.current === null || steps.length === 0) return;
    const pixel = event.clientX - host.current!.getBoundingClientRect().left;
    const { left, width } = frame.current;
    const inside = pixel >= left - 4 && pixel <= left + width + 4;
    crosshair.set(inside ? steps[nearestIndex(steps, pixelToStep(frame.current, pixel))]! : null);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (steps.length === 0) return;
    const at = nearestIndex(steps, crosshair.getStep() ?? Number.POSITIVE_INFINITY);
    const to = moveBy(event, at, steps.length - 1);
    if (to === null) return;
    event.preventDefault();
    crosshair.set(to < 0 ? null : steps[to]!);
  };

  const at = step ?? steps[steps.length - 1] ?? 0;
  const values = readAll(spec, settings, step).map((r) => `${r.line.label} ${spec.format(r.value)}`);

  return (
    <div className={styles.plot}>
      {!blank && <Legend spec={spec} settings={settings} onHidden={(hidden) => change({ hidden })} />}
      <div className={styles.stage} style={{ height }} data-blank={blank}>
        {/* A slider over steps: arrow keys move the crosshair, a screen reader hears the values there. */}
        <div
          ref={host}
          className={styles.host}
          role="slider"
          tabIndex={blank ? -1 : 0}
          aria-label={`${spec.name}: ${spec.axis ?? 'step'}`}
          aria-valuemin={0}
          aria-valuemax={steps[steps.length - 1] ?? 0}
          aria-valuenow={at}
          aria-valuetext={`${spec.axis ?? 'step'} ${at}: ${values.join(', ')}`}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => crosshair.set(null)}
          onDoubleClick={() => change({ zoom: null })}
          onKeyDown={onKeyDown}
          onBlur={() => crosshair.set(null)}
        />
        <div ref={hair} className={styles.hair} hidden />
        {blank && <p className={styles.empty}>{empty}</p>}
        {failed && (
          <p className={styles.empty}>
            The plotting library could not be loaded; the numbers are kept.{' '}
            <button
              type="button"
              onClick={() => {
                setFailed(false);
                plot.current?.load();
              }}
            >
              Try again
            </button>
          </p>
        )}
      </div>
      {!blank && <PlotTools spec={spec} settings={settings} onChange={change} />}
      <p className={styles.unseen}>{summary}</p>
    </div>
  );
}

/** The row that a key leads to; -1 takes the crosshair away, null leaves the key to others. */
function moveBy(event: KeyboardEvent, at: number, last: number): number | null {
  const stride = event.shiftKey ? 10 : 1;
  const target = {
    ArrowLeft: at - stride,
    ArrowDown: at - stride,
    ArrowRight: at + stride,
    ArrowUp: at + stride,
    PageDown: at - 100,
    PageUp: at + 100,
    Home: 0,
    End: last,
  }[event.key];
  if (target !== undefined) return Math.min(last, Math.max(0, target));
  return event.key === 'Escape' ? -1 : null;
}

function placeHair(hair: HTMLElement | null, frame: Frame | null): void {
  if (hair === null) return;
  const step = crosshair.getStep();
  const inside = frame !== null && step !== null && step >= frame.steps[0] && step <= frame.steps[1];
  hair.hidden = !inside;
  if (!inside) return;
  hair.style.transform = `translateX(${stepToPixel(frame, step)}px)`;
  hair.style.top = `${frame.top}px`;
  hair.style.height = `${frame.height}px`;
}
