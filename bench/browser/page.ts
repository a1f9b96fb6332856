/** The page of `npm run bench:browser`: the tasks of the benchmark, for the script that drives it. */
import { webLoaders } from '../load';
import { type FirstStepTask, type RoundsTask, runFirstStep, runRounds } from '../task';

const tasks = {
  rounds: (task: RoundsTask) => runRounds(task, webLoaders),
  first: (task: FirstStepTask) => runFirstStep(task, webLoaders),
};

export type PageTasks = typeof tasks;

Object.assign(window, { benchTasks: tasks });
