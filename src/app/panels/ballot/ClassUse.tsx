/** How all pictures are doing: whether every class is used, and how many pseudo-labels are right so far. */

import type { BallotsReport } from '../../../session/protocol';
import { useRun } from '../../store/run';
import { stepSeries } from '../../store/series';
import { readLine } from '../plot/readout';
import { Spark } from '../plot/Spark';
import { useColumns } from '../plot/useColumns';
import styles from './ballot.module.css';
import { saidClass } from './tally';
import { share } from './VoteBars';

const tables = [stepSeries];

/** Where runs that learnt were seen, as shares of ln C, until a diagnosis says so itself. */
const usualBand = [0.9, 1] as const;

/** The entropy of the mean pseudo-label over the classes, 0 to ln C, with its healthy band. */
export function ClassUse({ report }: { report: BallotsReport }) {
  useColumns(tables);
  const gauge = useRun((run) => run.diagnosis?.gauges.find(({ name }) => name === 'meanEntropy'));
  const most = Math.log(report.classNames.length);
  const value = report.meanEntropy ?? latest('meanEntropy');
  if (value === null || !(most > 0)) return null;
  const [low, high] = gauge?.healthy ?? usualBand;
  const at = value / most;
  const state = at < low ? 'below the healthy band: classes are vanishing' : 'in the healthy band';
  return (
    <section className={styles.part} aria-label="Are all classes used?">
      <div className={styles.partHead}>
        <h3>Are all classes used?</h3>
        <span>entropy of the mean pseudo-label</span>
      </div>
      <div
        className={styles.meter}
        role="img"
        aria-label={`Entropy of the mean pseudo-label: ${value.toFixed(2)} nats of ${most.toFixed(2)}, ${state}`}
      >
        <i
          className={styles.healthy}
          style={{ left: percent(low), width: percent(Math.min(1, high) - low) }}
        />
        <i className={styles.needle} data-low={at < low} style={{ left: percent(Math.min(1, at)) }} />
      </div>
      <div className={styles.ends} aria-hidden="true">
        <span>0: one class for all</span>
        <span>
          ln {report.classNames.length} = {most.toFixed(2)}: all alike
        </span>
      </div>
      <p className={styles.words}>
        <b>{value.toFixed(2)}</b> nats, {(100 * at).toFixed(0)} % of ln C: {state}. {extremes(report)}
      </p>
    </section>
  );
}

const percent = (value: number) => `${(100 * Math.max(0, value)).toFixed(1)}%`;

/** The class with the largest and the one with the smallest share of the mean pseudo-label. */
function extremes({ meanTarget, classNames }: BallotsReport): string {
  if (meanTarget === null || meanTarget.length === 0) return '';
  const order = Array.from(meanTarget.keys()).sort((a, b) => meanTarget[b]! - meanTarget[a]!);
  const said = (label: number) => `${saidClass(classNames, label)} ${share(meanTarget[label]!)}`;
  return `Most: ${said(order[0]!)}; least: ${said(order.at(-1)!)}.`;
}

/** Pseudo-labels that agree with the hidden labels, over the steps so far. */
export function PseudoRight({ classes }: { classes: number }) {
  useColumns(tables);
  const gauge = useRun((run) => run.diagnosis?.gauges.find(({ name }) => name === 'pseudoCorrect'));
  const now = latest('pseudoCorrect');
  const chance = 100 / classes;
  const needed = gauge?.healthy[0];
  return (
    <section className={styles.part} aria-label="Are the pseudo-labels right?">
      <div className={styles.partHead}>
        <h3>Are the pseudo-labels right?</h3>
        <span>all of a batch, against the hidden labels</span>
      </div>
      {now === null ? (
        <p className={styles.words}>
          {stepSeries.length === 0
            ? 'Drawn from the first step on.'
            : 'Nobody knows the true classes of these pictures, so this cannot be told.'}
        </p>
      ) : (
        <>
          <Spark
            steps={stepSeries.column('step')}
            values={stepSeries.column('pseudoCorrect')}
            colour="teacher"
            low={0}
            high={100}
            height={56}
            bands={needed === undefined ? [] : [{ from: needed, to: 100, colour: 'good' }]}
            limits={[{ value: chance, colour: 'base' }]}
          />
          <p className={styles.words}>
            <b>{now.toFixed(0)} %</b> right of late; guessing gets {chance.toFixed(0)} %
            {needed === undefined
              ? '.'
              : `. Runs in which PAWS helped had ${needed.toFixed(0)} % right soon after the votes began to count (green).`}
          </p>
        </>
      )}
    </section>
  );
}

/** The latest value of a number of the steps, smoothed; null before the first. */
function latest(column: string): number | null {
  const line = {
    id: column,
    label: column,
    columns: stepSeries,
    column,
    colour: 'ink',
    smoothed: true,
  } as const;
  return readLine(line, null, 0.9)?.value ?? null;
}
