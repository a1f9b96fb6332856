/** All schedules small, side by side; the one that is chosen, large. */

import { useMemo, useState } from 'react';
import { speedSeries, stepSeries } from '../../store/series';
import { Empty, Panel } from '../panel/Panel';
import { extentOf } from '../plot/ranges';
import { readLine } from '../plot/readout';
import { Spark } from '../plot/Spark';
import { StepPlot } from '../plot/StepPlot';
import type { PlotSpec } from '../plot/spec';
import { useColumns } from '../plot/useColumns';
import { useMethod } from '../run';
import { type Metric, metricsOf } from './metrics';
import styles from './schedules.module.css';

const smoothing = 0.8;
const tables = [stepSeries, speedSeries];

/** The large plot of one number. */
function schedulePlot(metric: Metric): PlotSpec {
  return {
    name: metric.label,
    file: `pawsaur-${metric.id}`,
    format: metric.format,
    lines: [{ ...metric }],
    csv: () => metric.columns.toCsv(),
  };
}

export function SchedulesPanel() {
  const method = useMethod();
  const metrics = useMemo(() => metricsOf(method), [method]);
  const [chosenId, setChosenId] = useState('lr');
  const chosen = metrics.find(({ id }) => id === chosenId) ?? metrics[0]!;
  const spec = useMemo(() => schedulePlot(chosen), [chosen]);
  useColumns(tables);
  if (stepSeries.length === 0) {
    return (
      <Panel title="Schedules and speed">
        <Empty>
          What every step used (learning rate, weight decay and what else follows a schedule), its gradient
          norm and its speed are drawn here from the first step on.
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel title="Schedules and speed" note="choose one to see it large">
      <div className={styles.metrics}>
        {metrics.map((metric) => (
          <button
            key={metric.id}
            type="button"
            className={styles.metric}
            aria-pressed={metric === chosen}
            title={metric.meaning}
            onClick={() => setChosenId(metric.id)}
          >
            <span className={styles.label}>{metric.label}</span>
            <b>{latest(metric)}</b>
            <Small metric={metric} />
          </button>
        ))}
      </div>
      <p className={styles.meaning}>
        <b>{chosen.label}</b>: {chosen.meaning}
      </p>
      <StepPlot spec={spec} smoothing={smoothing} height={150} empty="No values yet." />
    </Panel>
  );
}

function latest(metric: Metric): string {
  const reading = readLine(metric, null, smoothing);
  return reading === null ? '–' : metric.format(reading.value);
}

function Small({ metric }: { metric: Metric }) {
  const values = metric.columns.column(metric.column);
  const extent = extentOf([values], false);
  if (extent === null) return <span className={styles.blank} />;
  const air = (extent.high - extent.low) * 0.1 || Math.abs(extent.high) * 0.1 || 1;
  return (
    <Spark
      steps={metric.columns.column('step')}
      values={values}
      colour={metric.colour}
      low={extent.low - air}
      high={extent.high + air}
      height={26}
    />
  );
}
