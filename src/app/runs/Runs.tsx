/** Below: this run and the earlier ones of this visit, as what was changed and what came of it. */

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { plural } from '../format';
import { ensureData } from '../store/actions';
import { methodTitle, useUnderWay } from '../store/facts';
import { liveTitle, type Outcome, outcomeOf, type PastRun, runTitle, useHistory } from '../store/history';
import { tell } from '../store/notify';
import { useRun } from '../store/run';
import { takeSetup } from '../store/setup';
import { saveMetricsCsv, saveMetricsJson, savePastRun, saveWeights } from './exports';
import styles from './runs.module.css';

export function Runs() {
  const past = useHistory((s) => s.runs);
  const hasRun = useRun((s) => s.recipe !== null && (s.prepared !== null || s.stepsRecorded > 0));
  if (past.length === 0 && !hasRun) return null;
  return (
    <section className={styles.runs} aria-label="Runs of this visit">
      {hasRun && <ThisRun />}
      {past.map((run) => (
        <EarlierRun key={run.id} run={run} />
      ))}
    </section>
  );
}

function ThisRun() {
  const state = useRun();
  const saved = useHistory((s) => s.savedStep);
  const { recipe, preset, run, stepsRecorded, prepared, dataset } = state;
  if (recipe === null) return null;
  const has = stepsRecorded > 0;
  const live = liveTitle(state.liveChanges);
  return (
    <Card
      title={prepared === null ? 'The run before' : 'This run'}
      when={prepared === null ? 'ended' : run.phase}
      outcome={outcomeOf(state)}
    >
      <p>
        {methodTitle(recipe)} · {runTitle(preset, recipe)} · {dataset?.name ?? recipe.data} · seed{' '}
        {recipe.seed}
      </p>
      {live !== '' && <p>{live}</p>}
      <div className={styles.buttons}>
        <Button
          variant="default"
          size="compact-xs"
          disabled={prepared === null || run.phase === 'preparing' || state.connection !== 'ready'}
          onClick={() => void saveWeights()}
        >
          Weights
        </Button>
        <Button variant="default" size="compact-xs" disabled={!has} onClick={saveMetricsCsv}>
          Metrics CSV
        </Button>
        <Button variant="default" size="compact-xs" disabled={!has} onClick={saveMetricsJson}>
          Metrics JSON
        </Button>
      </div>
      {has && stepsRecorded > saved && (
        <p className={styles.soft}>Not downloaded yet: leaving the page asks first.</p>
      )}
    </Card>
  );
}

function EarlierRun({ run }: { run: PastRun }) {
  const underWay = useUnderWay();
  const use = () => {
    takeSetup({ recipe: { ...run.recipe }, preset: run.preset ?? 'official', problems: [] }, 'run');
    void ensureData();
    tell('Its recipe is set up', 'Start trains it again.');
  };
  const live = liveTitle(run.file.liveChanges);
  const time = run.endedAt.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return (
    <Card title={run.title} when={time} outcome={run.outcome}>
      <p>
        {methodTitle(run.recipe)} · {run.preset} · {run.dataName} · {plural(run.file.losses.length, 'step')}
      </p>
      {live !== '' && <p>{live}</p>}
      <div className={styles.buttons}>
        <Button variant="default" size="compact-xs" disabled={underWay} onClick={use}>
          Set it up again
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => savePastRun(run, 'csv')}>
          CSV
        </Button>
        <Button variant="default" size="compact-xs" onClick={() => savePastRun(run, 'json')}>
          JSON
        </Button>
      </div>
      {!run.saved && <p className={styles.soft}>Not downloaded yet: leaving the page asks first.</p>}
    </Card>
  );
}

interface CardProps {
  title: string;
  when: string;
  outcome: Outcome;
  children: ReactNode;
}

function Card({ title, when, outcome, children }: CardProps) {
  return (
    <article className={styles.run}>
      <div className={styles.head}>
        <h2>{title}</h2>
        <span className={styles.soft}>{when}</span>
      </div>
      <p className={outcome.bad ? styles.bad : styles.soft}>{outcome.text}</p>
      {children}
    </article>
  );
}
