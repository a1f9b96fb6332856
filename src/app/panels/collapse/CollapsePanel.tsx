/** Is it collapsing? A method’s own numbers with the band of runs that learned and the limits beyond which none did. */

import { useRun } from '../../store/run';
import { scoreSeries, stepSeries } from '../../store/series';
import { Empty, Panel } from '../panel/Panel';
import { spread } from '../plot/ranges';
import { Spark } from '../plot/Spark';
import { useColumns } from '../plot/useColumns';
import { useMethod, useOutDim } from '../run';
import styles from './collapse.module.css';
import { type GaugeView, specsFor, viewGauge } from './gauges';

const tables = [stepSeries, scoreSeries];

const words = { healthy: 'healthy', low: 'below the healthy band', high: 'above the healthy band' } as const;

export function CollapsePanel() {
  const method = useMethod();
  const outDim = useOutDim();
  const featureDim = useRun((run) => run.prepared?.featureDim ?? run.evaluations.at(-1)?.featureDim ?? null);
  const gauges = useRun((run) => run.diagnosis?.gauges);
  const early = useRun((run) => run.diagnosis?.state === 'too early');
  useColumns(tables);
  const sizes = { lnK: outDim === null ? null : Math.log(outDim), featureDim };
  const views = specsFor(method, gauges ?? []).map((spec) =>
    viewGauge(
      spec,
      sizes,
      gauges?.find((gauge) => gauge.name === spec.name),
    ),
  );
  const blank = views.every((view) => view.value === null);
  return (
    <Panel
      title={method === 'supervised' ? 'Does it learn the labels?' : 'Is it collapsing?'}
      note="green: runs that learned · red: limits · means of 20 steps"
    >
      {blank ? (
        <Empty>
          {views.length} gauges appear here with the first step. They tell a run that learns from one that
          says the same about every picture.
        </Empty>
      ) : (
        <div className={styles.gauges}>
          {views.map((view) => (
            <Gauge key={view.spec.name} view={view} judged={!early} featureDim={featureDim} />
          ))}
        </div>
      )}
    </Panel>
  );
}

const height = 52;

/** The words beside the lines and the band, moved apart where they would touch. */
function Words({ view }: { view: GaugeView }) {
  const { low, high } = view;
  const place = (value: number) => ((value - low) / (high - low)) * height;
  const healthy = view.bands.map(({ from, to }) => ({
    word: 'healthy',
    colour: 'good',
    value: (Math.max(low, from) + Math.min(high, to)) / 2,
  }));
  const words = [...view.limits, ...healthy].filter(({ value }) => value >= low && value <= high);
  const places = spread(
    words.map(({ value }) => place(value)),
    13,
    4,
    height - 4,
  );
  return (
    <div className={styles.words} aria-hidden="true">
      {words.map(({ word, colour }, i) => (
        <span
          key={word}
          style={{ bottom: places[i]! - 7, color: colour === 'base' ? 'var(--soft)' : `var(--${colour})` }}
        >
          {word}
        </span>
      ))}
    </div>
  );
}

/** @param judged false while it is too early to call a value healthy or not */
function Gauge({
  view,
  judged,
  featureDim,
}: {
  view: GaugeView;
  judged: boolean;
  featureDim: number | null;
}) {
  const { spec, value } = view;
  const state = judged ? view.state : null;
  return (
    <div className={styles.gauge}>
      <div className={styles.head}>
        <span>
          {spec.title} <span className={styles.term}>{spec.term}</span>
        </span>
        <span className={styles.value} data-state={state ?? 'unknown'}>
          <b>{value === null ? '–' : value.toFixed(spec.digits)}</b>
          {spec.name === 'rankMe' && featureDim !== null && (
            <span className={styles.state}>of {featureDim}</span>
          )}
          {state !== null && <span className={styles.state}>{words[state]}</span>}
        </span>
      </div>
      <div className={styles.chart}>
        <Spark
          steps={view.steps}
          values={view.values}
          colour={spec.colour}
          low={view.low}
          high={view.high}
          bands={view.bands}
          limits={view.limits}
          dots={spec.columns === scoreSeries}
          height={height}
        />
        <Words view={view} />
      </div>
      {spec.meaning !== '' && <p className={styles.meaning}>{spec.meaning}</p>}
    </div>
  );
}
