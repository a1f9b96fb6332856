/** What came of the trainings so far: accuracy against labels, against epochs, and every number. */

import { useMemo, useState } from 'react';
import { type BudgetExperiment, cellsOf, remainingRuns } from '../../session/budget';
import { Choice, Panel } from '../panels/panel/Panel';
import { StepPlot } from '../panels/plot/StepPlot';
import { useExperiment } from './experiment';
import styles from './experiment.module.css';
import { epochsPlot, labelsPlot } from './plots';
import { comparison, summaryOf, titleOf } from './results';

export function Results({ experiment }: { experiment: BudgetExperiment }) {
  const { labelsPerClass } = experiment.plan;
  const [budget, setBudget] = useState(labelsPerClass[0]!);
  const byLabels = useMemo(() => labelsPlot(experiment), [experiment]);
  const byEpochs = useMemo(() => epochsPlot(experiment, budget), [experiment, budget]);
  const sentence = comparison(experiment);
  return (
    <>
      <div className={styles.pair}>
        <Panel title="Accuracy against labels" note="held-out pictures, at the end of each training">
          <StepPlot
            spec={byLabels}
            height={280}
            empty="A point for every method and budget appears here as its training ends."
          />
          {sentence !== null && <p className={styles.soft}>{sentence}</p>}
        </Panel>
        <Panel
          title="Accuracy against epochs"
          note="the same accuracy in fewer epochs is the paper’s claim"
          aside={
            <Choice<number>
              label="Labels of each class"
              options={labelsPerClass.map((value) => ({ value, label: `${value} a class` }))}
              value={budget}
              onChange={setBudget}
            />
          }
        >
          <StepPlot
            key={budget}
            spec={byEpochs}
            height={280}
            empty="Every evaluation of a training with this budget appears here once it has ended."
          />
        </Panel>
      </div>
      <Panel
        title="All results"
        note="percent of the held-out pictures told right; mean and range over seeds"
      >
        <Table experiment={experiment} />
        <Problems experiment={experiment} />
      </Panel>
    </>
  );
}

function Table({ experiment }: { experiment: BudgetExperiment }) {
  const progress = useExperiment((s) => s.progress);
  const cells = useMemo(() => cellsOf(experiment), [experiment]);
  const waiting = useMemo(() => remainingRuns(experiment), [experiment]);
  const { methods, labelsPerClass } = experiment.plan;
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">labels of each class</th>
            {methods.map((method) => (
              <th key={method} scope="col">
                {titleOf(method, experiment)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labelsPerClass.map((labels) => (
            <tr key={labels}>
              <th scope="row">{labels}</th>
              {methods.map((method) => {
                const summary = summaryOf(cells, method, labels);
                const now = progress?.run.method === method && progress.run.labelsPerClass.includes(labels);
                const awaited = waiting.some(
                  (run) => run.method === method && run.labelsPerClass.includes(labels),
                );
                return (
                  <td key={method} data-now={now || undefined}>
                    {summary !== null && (
                      <>
                        <b>{summary.mean.toFixed(1)}</b>
                        {summary.seeds > 1 && (
                          <span className={styles.soft}>
                            {' '}
                            {summary.low.toFixed(1)}–{summary.high.toFixed(1)} · {summary.seeds} seeds
                          </span>
                        )}
                      </>
                    )}
                    {now && <span className={styles.soft}> training…</span>}
                    {summary === null && !now && (
                      <span className={styles.soft}>{awaited ? 'to come' : '–'}</span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Trainings that could not start or came to nothing. */
function Problems({ experiment }: { experiment: BudgetExperiment }) {
  const problems = experiment.done.filter(({ problem }) => problem !== null);
  if (problems.length === 0) return null;
  return (
    <ul className={styles.problems}>
      {problems.map(({ id, problem }) => (
        <li key={id}>
          <b>{id}</b> has no result. {problem}
        </li>
      ))}
    </ul>
  );
}
