/** The label-budget experiment: planned, carried out, and drawn while it goes. Lies over the whole page. */

import { Button, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { planRun } from '../../recipe';
import {
  type BudgetExperiment,
  type BudgetMethod,
  budgetMethods,
  remainingRuns,
  runsOf,
  secondsLeft,
} from '../../session/budget';
import { plural, showCount, showDuration } from '../format';
import { Panel } from '../panels/panel/Panel';
import { Notice } from '../shell/Notice';
import { download, fileNameOf } from '../store/download';
import { methodTitle } from '../store/facts';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import { carryOut, forgetExperiment, measuredSteps, recallExperiment, whyNot } from './carryOut';
import { experimentSurface, stopExperiment, useExperiment } from './experiment';
import styles from './experiment.module.css';
import { Progress } from './Progress';
import { experimentOf, type Wishes } from './planning';
import { Results } from './Results';
import { experimentCsv, titleOf } from './results';

export function ExperimentView() {
  const open = experimentSurface.use((s) => s.open);
  const experiment = useExperiment((s) => s.experiment);
  useEffect(recallExperiment, []);
  return (
    <Modal
      opened={open}
      onClose={experimentSurface.close}
      returnFocus={false}
      fullScreen
      title="What do labels buy?"
      closeButtonProps={{ 'aria-label': 'Back to the page' }}
      classNames={{ content: styles.content, header: styles.header, body: styles.body, title: styles.title }}
      transitionProps={{ duration: 0 }}
    >
      <p className={styles.about}>
        The same pictures, network, views and steps, with a few labels of each class or more: what PAWS makes
        of them, what the labels come to alone, and what DINO’s features, learnt without any, are worth to a
        linear classifier. With the same seed all three are given the same labels.
      </p>
      {experiment === null ? <Planning /> : <Experiment experiment={experiment} />}
    </Modal>
  );
}

/** More would take longer than a visit. */
const seedChoices = ['1', '2', '3', '4', '5'];

function Planning() {
  const recipe = useSetup((s) => s.recipe);
  const dataset = useRun((s) => s.dataset);
  const [wishes, setWishes] = useState<Wishes>({ budgets: '1, 2, 4, 8', methods: budgetMethods, seeds: 1 });
  const planned = useMemo(() => experimentOf(wishes, recipe, dataset), [wishes, recipe, dataset]);
  const change = (part: Partial<Wishes>) => setWishes((before) => ({ ...before, ...part }));
  const toggle = (method: BudgetMethod, on: boolean) =>
    change({
      methods: budgetMethods.filter((each) => (each === method ? on : wishes.methods.includes(each))),
    });
  return (
    <Panel
      title="The plan"
      note={`made from the recipe in the set-up: ${methodTitle(recipe)} on ${dataset?.name ?? recipe.data}`}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if ('experiment' in planned) void carryOut(planned.experiment);
        }}
      >
        <TextInput
          label="Labels of each class"
          description="one training each"
          value={wishes.budgets}
          onChange={(event) => change({ budgets: event.currentTarget.value })}
        />
        <NativeSelect
          label="Seeds"
          description="each draws other labels"
          value={String(wishes.seeds)}
          data={seedChoices}
          onChange={(event) => change({ seeds: Number(event.currentTarget.value) })}
        />
        <fieldset className={styles.methods}>
          <legend>Methods</legend>
          {budgetMethods.map((method) => (
            <label key={method}>
              <input
                type="checkbox"
                checked={wishes.methods.includes(method)}
                onChange={(event) => toggle(method, event.currentTarget.checked)}
              />
              {titleOf(method, { plan: { base: recipe } })}
            </label>
          ))}
        </fieldset>
        {'experiment' in planned ? (
          <Cost experiment={planned.experiment} />
        ) : (
          <p className={styles.problem} role="alert">
            {planned.problem}
          </p>
        )}
        <Button type="submit" disabled={!('experiment' in planned)} className={styles.begin}>
          Start the experiment
        </Button>
      </form>
    </Panel>
  );
}

/** What an experiment takes, before it is begun. */
function Cost({ experiment }: { experiment: BudgetExperiment }) {
  const runs = runsOf(experiment);
  const { base, dataset } = experiment.plan;
  const steps = runs.reduce((sum, { recipe }) => sum + planRun(recipe, dataset.trainCount).totalSteps, 0);
  const seconds = secondsLeft(experiment, null, measuredSteps(base));
  return (
    <p className={styles.cost}>
      <b>
        {plural(runs.length, 'training')}, {showCount(steps)} steps
        {seconds !== null && `, about ${showDuration(seconds)} on this machine`}.
      </b>{' '}
      {seconds === null && 'How long that takes here is known once the first is under way. '}
      {experiment.plan.methods.includes('dino') &&
        'DINO is trained once for a seed and scored with every budget. '}
      It can be stopped at any time and gone on with, after a reload, too.
    </p>
  );
}

function Experiment({ experiment }: { experiment: BudgetExperiment }) {
  const { going, error } = useExperiment();
  const left = remainingRuns(experiment);
  useRun((s) => s.dataset);
  const obstacle = left.length > 0 ? whyNot(experiment) : null;
  const save = () =>
    download(
      fileNameOf('pawsaur', experiment.plan.dataset.name, 'labels.csv'),
      'text/csv',
      experimentCsv(experiment),
    );
  return (
    <div className={styles.stack}>
      {error !== null && (
        <Notice kind="bad" title={error.message}>
          <p>{error.hint ?? 'What is done is kept: continue the experiment.'}</p>
        </Notice>
      )}
      {going && <Progress />}
      {!going && obstacle !== null && (
        <Notice kind="warn" title="These are not its pictures">
          <p>{obstacle}</p>
        </Notice>
      )}
      <div className={styles.buttons}>
        {going && (
          <Button variant="default" onClick={stopExperiment}>
            Stop
          </Button>
        )}
        {!going && left.length > 0 && (
          <Button disabled={obstacle !== null} onClick={() => void carryOut(experiment)}>
            Continue: {plural(left.length, 'training')} left
          </Button>
        )}
        <Button variant="default" disabled={experiment.done.length === 0} onClick={save}>
          Results CSV
        </Button>
        {!going && (
          <Button variant="default" onClick={forgetExperiment}>
            Another experiment
          </Button>
        )}
      </div>
      <Results experiment={experiment} />
    </div>
  );
}
