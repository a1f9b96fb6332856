/** The command line of `npm run headless`, read into a recipe, a data set and what to do with them. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PawsaurError } from '../../src/platform/errors';
import {
  decodePermalink,
  encodePermalink,
  findPreset,
  fromFile,
  type NamedRecipe,
  presets,
  type Recipe,
} from '../../src/recipe';
import type { BudgetPlan } from '../../src/session/budget/budgetExperiment';
import { type BudgetMethod, budgetMethods } from '../../src/session/budget/budgetRecipes';

export const usage = `Trains without a browser and prints the numbers.

  npm run headless -- --data confetti|grey|noise|FOLDER|FILE [options]

  FILE is a ZIP or TAR of pictures, or a file of CIFAR or MNIST (IDX).

  --recipe FILE|PERMALINK  what to train; without it, the preset that suits the data
  --preset NAME            a named recipe, in the place of --recipe:
                           ${presets.map(({ name }) => name).join(', ')}
  --set FIELD=VALUE        changes one field of the recipe; may be given again
  --seed N                 short for --set seed=N
  --steps N                stops after N steps of the unchanged schedule
  --json FILE              writes recipe, losses, scores and timing
  --labels FILE            a CSV of pictures and their classes: the labels that are given (label_source=hand)
  --budget N,N,…           compares methods at so many labels of each class, and writes the results to --json
                           after every training; given again, it goes on where that file ends
  --methods NAME,NAME,…    what --budget compares: ${budgetMethods.join(', ')} (all)
  --seeds N,N,…            the seeds --budget runs with; each draws other labels, too (the recipe's)
  --quiet                  prints errors and the last scores only
  --help`;

const builtinNames = ['confetti', 'grey', 'noise'] as const;

/** Pictures by name, or by the path of a folder or an archive. */
export type DataChoice = { builtin: (typeof builtinNames)[number] } | { path: string };

export interface HeadlessOptions {
  recipe: Recipe;
  preset: string;
  data: DataChoice;
  /** Stop after this many steps; null: train to the end. */
  steps: number | null;
  /** Where the JSON goes. */
  json: string | null;
  quiet: boolean;
  /** A file of labels to be given by hand. */
  labels: string | null;
  /** What is compared in the place of a single run. */
  budget: BudgetChoice | null;
}

/** The comparison asked for. */
export type BudgetChoice = Pick<BudgetPlan, 'labelsPerClass' | 'methods' | 'seeds'>;

/**
 * Reads the arguments; null when only help was asked for.
 * @throws PawsaurError 'headless/arguments' with a sentence for the person
 */
export function readArguments(args: readonly string[]): HeadlessOptions | null {
  const values = parse(args);
  if (values.help === true) return null;
  const named = chooseRecipe(values);
  const data = chooseData(values.data, named.recipe);
  const labels = values.labels ?? null;
  if (labels !== null && !(existsSync(labels) && statSync(labels).isFile()))
    throw wrong(`--labels ${labels} is not a file.`);
  const recipe = {
    ...named.recipe,
    data: 'builtin' in data ? data.builtin : 'folder',
    label_source: labels === null ? named.recipe.label_source : 'hand',
  } as const;
  return {
    recipe,
    preset: named.preset,
    data,
    steps: values.steps === undefined ? null : wholeNumber('--steps', values.steps, 1),
    json: values.json ?? null,
    quiet: values.quiet === true,
    labels,
    budget: chooseBudget(values, recipe),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        recipe: text,
        data: text,
        preset: text,
        steps: text,
        seed: text,
        set: { type: 'string', multiple: true },
        json: text,
        labels: text,
        budget: text,
        methods: text,
        seeds: text,
        quiet: flag,
        help: flag,
      },
    }).values;
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function chooseRecipe(values: ReturnType<typeof parse>): NamedRecipe {
  const base = values.preset === undefined ? readRecipe(values.recipe, values.data) : ofPreset(values.preset);
  refuseProblems(base);
  const changes = (values.set ?? []).map(splitChange);
  if (values.seed !== undefined) changes.push(['seed', String(wholeNumber('--seed', values.seed, 0))]);
  const changed = new Set(changes.map(([field]) => field));
  const kept = encodePermalink(base.recipe, base.preset)
    .slice(1)
    .split('&')
    .filter((pair) => !changed.has(pair.slice(0, pair.indexOf('='))));
  const added = changes.map(([field, value]) => `${encodeURIComponent(field)}=${encodeURIComponent(value)}`);
  const named = decodePermalink(`#${[...kept, ...added].join('&')}`);
  refuseProblems(named);
  return named;
}

function readRecipe(given: string | undefined, data: string | undefined): NamedRecipe {
  if (given === undefined) return ofPreset(isBuiltin(data ?? 'confetti') ? 'confetti-quick' : 'photos-quick');
  if (existsSync(given) && statSync(given).isFile()) return fromFile(readFileSync(given, 'utf8'));
  if (given.includes('#') || given.includes('=')) return decodePermalink(given.slice(given.indexOf('#') + 1));
  throw wrong(`--recipe ${given} is neither a file that exists nor a permalink (#preset=…&field=value).`);
}

function ofPreset(name: string): NamedRecipe {
  const preset = findPreset(name);
  if (preset !== undefined) return { recipe: { ...preset.recipe }, preset: preset.name, problems: [] };
  throw wrong(`There is no preset “${name}”. Choose one of ${presets.map((each) => each.name).join(', ')}.`);
}

function splitChange(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw wrong(`--set wants FIELD=VALUE, not “${text}”.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function chooseData(given: string | undefined, recipe: Recipe): DataChoice {
  const name = given ?? recipe.data;
  if (isBuiltin(name)) return { builtin: name };
  if (given === undefined)
    throw wrong('This recipe trains on pictures of your own: name a folder or an archive with --data.');
  if (existsSync(given)) return { path: given };
  throw wrong(
    `--data ${given} is neither a folder or file that exists nor one of ${builtinNames.join(', ')}.`,
  );
}

function isBuiltin(name: string): name is (typeof builtinNames)[number] {
  return (builtinNames as readonly string[]).includes(name);
}

function chooseBudget(values: ReturnType<typeof parse>, { seed }: Recipe): BudgetChoice | null {
  const { budget, methods, seeds, json, steps, labels } = values;
  if (budget === undefined) {
    if (methods === undefined && seeds === undefined) return null;
    throw wrong('--methods and --seeds belong to --budget.');
  }
  if (json === undefined) throw wrong('--budget keeps its results in a file: name it with --json FILE.');
  if (steps !== undefined) throw wrong('--budget trains to the end: set epochs in the place of --steps.');
  if (labels !== undefined) throw wrong('--budget draws its labels: leave --labels out.');
  return {
    labelsPerClass: budget.split(',').map((text) => wholeNumber('--budget', text, 1)),
    methods: methods === undefined ? [...budgetMethods] : methods.split(',').map(budgetMethod),
    seeds: seeds === undefined ? [seed] : seeds.split(',').map((text) => wholeNumber('--seeds', text, 0)),
  };
}

function budgetMethod(name: string): BudgetMethod {
  const known = budgetMethods.find((each) => each === name);
  if (known !== undefined) return known;
  throw wrong(`--methods knows ${budgetMethods.join(', ')}, not “${name}”.`);
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw wrong(`${option} wants a whole number from ${least} up, not “${text}”.`);
}

function refuseProblems({ problems }: NamedRecipe): void {
  if (problems.length > 0) throw wrong(problems.map(({ message }) => message).join('\n'));
}

function wrong(message: string): PawsaurError {
  return new PawsaurError('headless/arguments', message, 'See npm run headless -- --help.');
}
