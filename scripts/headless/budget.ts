/** Carries out a label-budget experiment whose state is a file: ended at any time, it goes on from there. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PawsaurError } from '../../src/platform/errors';
import { builtinParams } from '../../src/recipe';
import {
  type BudgetExperiment,
  clientBudgetSession,
  planBudget,
  readBudget,
  runBudget,
  samePlan,
} from '../../src/session/budget';
import { SessionClient } from '../../src/session/client';
import type { SessionDependencies } from '../../src/session/dependencies';
import { localPort } from '../../src/session/localPort';
import type { EngineSummary } from '../../src/session/protocol';
import type { HeadlessOptions } from './arguments';
import { pathsSet } from './importData';
import { budgetTable, dataLine } from './lines';

/** Steps between two lines of progress. */
const lineEvery = 50;

/** What is needed of the arguments; `budget` and `json` are there. */
export type BudgetOptions = Pick<HeadlessOptions, 'recipe' | 'data' | 'budget' | 'json'>;

/**
 * Trains what the file does not know yet, and writes it after every training.
 * @throws PawsaurError when the file is of another experiment, or a training fails
 */
export async function trainBudget(
  { recipe, data, budget, json }: BudgetOptions,
  engine: EngineSummary,
  dependencies: SessionDependencies,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<BudgetExperiment> {
  const file = json!;
  const quietly = { ...dependencies, inspectEveryMs: Number.POSITIVE_INFINITY };
  const client = new SessionClient(localPort(engine, quietly));
  try {
    const { data_seed: seed } = recipe;
    const dataset =
      'builtin' in data
        ? await client.loadBuiltin(data.builtin, { seed, params: builtinParams(recipe) })
        : await client.openSet(pathsSet, seed);
    print(dataLine(dataset));
    const { name, trainCount, size, classNames } = dataset;
    const about = { name, trainCount, size, classes: classNames.length };
    const experiment = goneOnWith(file, planBudget({ ...budget!, base: recipe, dataset: about }));
    if (experiment.done.length > 0) print(`${file} knows ${experiment.done.length} trainings already.`);
    let told = '';
    const done = await runBudget(experiment, clientBudgetSession(client), {
      signal,
      onDone: (by) => {
        write(file, by);
        const { id, problem, seconds, cells } = by.done.at(-1)!;
        const scores = cells.map(({ labelsPerClass, points }) => {
          const accuracy = points.at(-1)?.heldOut;
          return `${labelsPerClass} labels a class: ${accuracy?.toFixed(1) ?? '–'} %`;
        });
        print(`${id}: ${problem ?? `${scores.join(', ')} (${seconds.toFixed(0)} s)`}`);
      },
      onProgress: ({ run, done: before, total, step, totalSteps, secondsLeft: left }) => {
        const words = `training ${before + 1} of ${total}, ${run.id}: step ${step} of ${totalSteps}`;
        if (step === 0 || step % lineEvery !== 0 || words === told) return;
        told = words;
        print(left === null ? words : `${words}, about ${Math.ceil(left / 60)} min left`);
      },
    });
    write(file, done);
    print(budgetTable(done));
    return done;
  } finally {
    client.dispose();
  }
}

/** What the file knows of this experiment, or the experiment as it begins. */
function goneOnWith(file: string, planned: BudgetExperiment): BudgetExperiment {
  const text = readText(file);
  if (text.trim() === '') return planned;
  const known = readBudget(parsed(text));
  if (known !== null && samePlan(known, planned)) return known;
  throw new PawsaurError(
    'headless/arguments',
    `--json ${file} holds something else than this experiment, and is not written over.`,
    'Name another file, or ask for what it holds.',
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Never half of it: ended in the middle, the file is as it was. */
function write(file: string, experiment: BudgetExperiment): void {
  writeFileSync(`${file}.part`, `${JSON.stringify(experiment, null, 1)}\n`);
  renameSync(`${file}.part`, file);
}
