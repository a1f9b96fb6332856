/** Begins an experiment, goes on with one, and keeps it in the browser's storage, so that a reload loses at most one training. */

import { asPawsaurError } from '../../platform/errors';
import { pictureFieldNames, planRun, type Recipe } from '../../recipe';
import { type BudgetExperiment, clientBudgetSession, readBudget, runBudget } from '../../session/budget';
import { ensureData } from '../store/actions';
import { replacingRun } from '../store/history';
import { freezeLabels, tellLabels } from '../store/labels';
import { isUnderWay, session, useRun } from '../store/run';
import { pictureFields, setFields, useSetup } from '../store/setup';
import { estimateSeconds, useSpeeds } from '../store/speed';
import { beginSignal, useExperiment } from './experiment';

const storageKey = 'pawsaur.budget';

/** The experiment that was kept; null where there is none. */
function keptExperiment(): BudgetExperiment | null {
  try {
    return readBudget(JSON.parse(localStorage.getItem(storageKey) ?? 'null'));
  } catch {
    return null;
  }
}

function keep(experiment: BudgetExperiment | null): void {
  useExperiment.setState({ experiment });
  try {
    if (experiment === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, JSON.stringify(experiment));
  } catch {
    // Without storage it lives as long as the page.
  }
}

/** Brings back the experiment of an earlier visit. */
export function recallExperiment(): void {
  const { experiment, going } = useExperiment.getState();
  if (experiment === null && !going) useExperiment.setState({ experiment: keptExperiment() });
}

/** Lets go of the experiment and its results. */
export function forgetExperiment(): void {
  useExperiment.setState({ progress: null, error: null });
  keep(null);
}

/** Steps as they were measured on this adapter; null where none like these were. */
export function measuredSteps(base: Recipe) {
  const { engine, dataset } = useRun.getState();
  if (dataset === null) return null;
  const facts = {
    trainImages: dataset.trainCount,
    imageSize: dataset.size,
    classes: dataset.classNames.length,
  };
  const seconds = estimateSeconds(base, facts, engine?.adapter, useSpeeds.getState().measured);
  const { totalSteps } = planRun(base, facts.trainImages);
  return seconds === null || totalSteps === 0
    ? null
    : { recipe: base, stepMs: (1000 * seconds) / totalSteps };
}

/** Why an experiment cannot go on with the pictures on the page; null where it can. */
export function whyNot({ plan }: BudgetExperiment): string | null {
  const { dataset } = useRun.getState();
  if (plan.base.data !== 'folder') return null;
  const { name, trainCount, classes } = plan.dataset;
  const same =
    dataset !== null &&
    dataset.kind === 'folder' &&
    dataset.name === name &&
    dataset.trainCount === trainCount &&
    dataset.classNames.length === classes;
  return same
    ? null
    : `It is about your set ‘${name}’ with ${trainCount} training pictures. Take that set again to go on.`;
}

/** Does what is left of an experiment, one training after the other. Failures are in `useExperiment`. */
export async function carryOut(experiment: BudgetExperiment): Promise<void> {
  if (useExperiment.getState().going) return;
  const signal = beginSignal();
  useExperiment.setState({ going: true, error: null, progress: null });
  keep(experiment);
  freezeLabels('An experiment is under way and needs its labels as they are. Stop it to change them.');
  try {
    const client = session();
    if (isUnderWay(useRun.getState().run)) await client.stop();
    const { base } = experiment.plan;
    const { recipe } = useSetup.getState();
    if (pictureFieldNames.some((name) => recipe[name] !== base[name])) setFields(pictureFields(base));
    await ensureData();
    await tellLabels();
    const { prepare, ...rest } = clientBudgetSession(client);
    let first = true;
    const budgetSession = {
      ...rest,
      // The run that was on the page before joins those below.
      prepare: (recipe: Recipe) => {
        const going = first ? replacingRun(() => prepare(recipe)) : prepare(recipe);
        first = false;
        return going;
      },
    };
    const done = await runBudget(experiment, budgetSession, {
      signal,
      measured: measuredSteps(experiment.plan.base),
      onDone: keep,
      onProgress: (progress) => useExperiment.setState({ progress }),
    });
    keep(done);
  } catch (thrown) {
    const { code, message, hint } = asPawsaurError(thrown);
    if (code !== 'aborted') useExperiment.setState({ error: { code, message, hint } });
  } finally {
    freezeLabels(null);
    useExperiment.setState({ going: false, progress: null });
  }
}
