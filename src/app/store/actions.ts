/**
 * What the buttons and keys do: every command to the session goes through here, so that the set-up, the
 * pictures in the worker and the run agree, and every failure is told.
 */

import { create } from 'zustand';
import { asPawsaurError } from '../../platform/errors';
import {
  builtinParams,
  type FieldName,
  type FieldValue,
  liveFields,
  type MethodName,
  pictureFieldNames,
  type Recipe,
} from '../../recipe';
import { problemsOf, sameRecipe } from './facts';
import { replacingRun } from './history';
import { tellLabels } from './labels';
import { reportError, tell } from './notify';
import { isUnderWay, session, useRun } from './run';
import {
  changedFields,
  chooseData,
  chooseMethod,
  choosePreset,
  dataKey,
  type OwnSet,
  setField,
  setFields,
  setKey,
  useSetup,
} from './setup';

/** The command that is on its way, so that its button answers at once. */
export type Pending = 'start' | 'pause' | 'step' | 'reset' | 'stop';

/** What the page is busy with, and which field wants the person's eyes. */
export const useUi = create<{
  pending: Pending | null;
  /** A field to bring into view; the number makes asking twice two wishes. */
  shownField: { name: string; wish: number } | null;
}>(() => ({ pending: null, shownField: null }));

let wishes = 0;

/** Opens the set-up at a field. */
export function showField(name: string): void {
  useUi.setState({ shownField: { name, wish: ++wishes } });
}

async function during(pending: Pending, action: () => Promise<void>): Promise<void> {
  if (useUi.getState().pending !== null && pending !== 'stop') return;
  useUi.setState({ pending });
  try {
    await action();
  } catch (thrown) {
    reportError(thrown);
  } finally {
    useUi.setState({ pending: null });
  }
}

/** Loads the pictures the recipe asks for, unless the worker has them. Failures stay in `dataError`. */
export async function ensureData(): Promise<void> {
  const { recipe, own, loaded, loading } = useSetup.getState();
  const key = dataKey(recipe, own);
  if (key === null || key === loaded || key === loading) return loadingData;
  loadingData = load(key, recipe, own);
  return loadingData;
}

let loadingData: Promise<void> = Promise.resolve();

async function load(key: string, recipe: Recipe, own: OwnSet | null): Promise<void> {
  useSetup.setState({ loading: key, dataError: null });
  try {
    const { data, data_seed: seed } = recipe;
    if (data !== 'folder') await session().loadBuiltin(data, { seed, params: builtinParams(recipe) });
    else if (own !== null) await session().openSet(own.id, seed);
    useSetup.setState({ loaded: key });
  } catch (thrown) {
    const { code, message, hint } = asPawsaurError(thrown);
    if (code === 'aborted' || useSetup.getState().loading !== key) return;
    useSetup.setState({ dataError: { code, message, hint } });
  } finally {
    if (useSetup.getState().loading === key) useSetup.setState({ loading: null });
  }
}

/** Starts over from a preset, and loads the pictures that come with it. */
export function takePreset(name: string): void {
  choosePreset(name);
  void ensureData();
}

/** Takes another method, with the preset of it that suits the pictures in use. */
export function takeMethod(method: MethodName): void {
  const { recipe, preset } = useSetup.getState();
  if (recipe.method === method) return;
  const changed = changedFields(preset, recipe).length > 0;
  const taken = chooseMethod(method);
  if (changed) tell(`Recipe: ${taken.title}`, 'What was changed by hand belonged to the other method.');
}

/** Takes another built-in set. */
export function takeBuiltin(name: Exclude<Recipe['data'], 'folder'>): void {
  const taken = chooseData(name);
  if (taken !== null) tell(`Recipe: ${taken}`, 'The preset for the built-in sets came with them.');
  void ensureData();
}

/** Takes a data set of the person's own. The pictures before it stay in use until it has been opened. */
export async function takeSet(own: OwnSet): Promise<void> {
  const recipe: Recipe = { ...useSetup.getState().recipe, data: 'folder' };
  const key = setKey(own, recipe.data_seed);
  const { loaded, loading } = useSetup.getState();
  if (loaded !== key && loading !== key) loadingData = load(key, recipe, own);
  await loadingData;
  if (useSetup.getState().loaded !== key) return;
  useSetup.setState({ own });
  const taken = chooseData('folder');
  if (taken !== null) {
    tell(`Recipe: ${taken}`, 'A small convolutional network learns more from a few hundred photos.');
  }
}

/** Builds the run that the form describes, unless it is there. False when something refuses it. */
async function prepare(): Promise<boolean> {
  await ensureData();
  await tellLabels();
  const setup = useSetup.getState();
  const refusals = problemsOf(setup, useRun.getState()).filter(({ kind }) => kind === 'refusal');
  if (refusals.length > 0) {
    showField(refusals[0].field);
    return false;
  }
  const { run, recipe } = useRun.getState();
  if (run.phase === 'paused' && recipe !== null && sameRecipe(recipe, setup.recipe)) return true;
  const result = await replacingRun(() => session().prepare({ ...setup.recipe }, setup.preset));
  if (result.ok) {
    useSetup.setState({ arrival: null });
    return true;
  }
  useSetup.setState({ refusals: result.problems });
  showField(result.problems[0]?.field ?? 'recipe');
  return false;
}

/** Starts a run or goes on with it. */
export function start(): Promise<void> {
  return during('start', async () => {
    if (isUnderWay(useRun.getState().run) || (await prepare())) await session().start();
  });
}

export function pause(): Promise<void> {
  return during('pause', () => session().pause());
}

/** What the big button and the space bar do. */
export function toggle(): Promise<void> {
  return useRun.getState().run.phase === 'running' ? pause() : start();
}

/** Takes one step, of a new run if there is none; nothing while it trains by itself. */
export async function singleStep(): Promise<void> {
  if (useRun.getState().run.phase === 'running') return;
  return during('step', async () => {
    if (isUnderWay(useRun.getState().run) || (await prepare())) await session().step();
  });
}

/** Back to step 0 of the same run, its live settings included. */
export function reset(): Promise<void> {
  return during('reset', async () => {
    const { recipe } = useRun.getState();
    await replacingRun(() => session().reset());
    if (recipe !== null) setFields(Object.fromEntries(liveFields.map((name) => [name, recipe[name]])));
  });
}

/** Ends the run, or gives up preparing it. */
export function stop(): Promise<void> {
  return during('stop', () => session().stop());
}

const live: readonly FieldName[] = liveFields;

/** Changes a field of the form; a live one reaches a run that is under way from its next step on. */
export async function changeField(name: FieldName, value: FieldValue): Promise<void> {
  setField(name, value);
  if (pictureFieldNames.includes(name)) laterEnsureData();
  if (!live.includes(name) || !isUnderWay(useRun.getState().run)) return;
  try {
    const problems = await session().setLive(name, value);
    if (problems.length > 0) useSetup.setState({ refusals: problems });
  } catch (thrown) {
    reportError(thrown);
  }
}

let timer: ReturnType<typeof setTimeout> | undefined;

function laterEnsureData(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void ensureData(), 400);
}

/** Lays changes over the recipe and starts a fresh run with them, stopping one that goes. */
export async function startWith(changes: Partial<Recipe>): Promise<void> {
  if (isUnderWay(useRun.getState().run)) await stop();
  setFields(changes);
  await start();
}

/** Starts a new worker after one died, and gives it the pictures again. */
export async function recover(): Promise<void> {
  session().restart();
  useSetup.setState({ loaded: null, loading: null });
  await ensureData();
}
