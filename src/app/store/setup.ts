/**
 * What the visitor has set up: pictures, preset and the recipe as it stands in the form. Nothing here talks to
 * the worker; `actions.ts` does, and reads this.
 */

import { create } from 'zustand';
import {
  builtinParams,
  defaultPreset,
  type FieldName,
  type FieldProblem,
  type FieldValue,
  findPreset,
  type MethodName,
  type NamedRecipe,
  type Preset,
  pictureFieldNames,
  presets,
  type Recipe,
} from '../../recipe';
import type { ErrorReport } from '../../session/protocol';

/** A data set of the library, as it was when it was taken into use. */
export interface OwnSet {
  id: string;
  name: string;
  /** Rises with every change of its pictures. */
  revision: number;
}

/** Where a set-up came from, and what of it could not be used. */
export interface Arrival {
  from: 'link' | 'file' | 'run';
  problems: readonly FieldProblem[];
}

export interface Setup {
  preset: string;
  recipe: Recipe;
  /** The link, file or run that the set-up was taken from, until the person closes the notice. */
  arrival: Arrival | null;
  /** What the session refused at the last start; gone once the recipe changes. */
  refusals: readonly FieldProblem[];
  /** The data set of the person's own that was in use last. */
  own: OwnSet | null;
  /** Which pictures the worker holds (`dataKey`), and what it is loading now. */
  loaded: string | null;
  loading: string | null;
  /** Why the last pictures could not be loaded. */
  dataError: ErrorReport | null;
}

export const useSetup = create<Setup>(() => ({
  preset: defaultPreset.name,
  recipe: { ...defaultPreset.recipe },
  arrival: null,
  refusals: [],
  own: null,
  loaded: null,
  loading: null,
  dataError: null,
}));

const { getState: get, setState: set } = useSetup;

/** The recipe of the preset in use. */
export function presetRecipe(preset: string): Readonly<Recipe> {
  return (findPreset(preset) ?? defaultPreset).recipe;
}

/** Changes fields of the recipe; whoever calls this knows that their values belong to the fields. */
export function setFields(changes: Partial<Recipe>): void {
  set({ recipe: { ...get().recipe, ...changes }, refusals: [] });
}

/** Changes one field, out of range perhaps: `checkRecipe` says so at the field. */
export function setField(name: FieldName, value: FieldValue): void {
  setFields({ [name]: value } as Partial<Recipe>);
}

/** The fields that say which pictures are taken; they belong to the pictures, not to the preset. */
export function pictureFields(recipe: Readonly<Recipe>): Partial<Recipe> {
  return Object.fromEntries(pictureFieldNames.map((name) => [name, recipe[name]]));
}

/** Whether a preset holds the values of a paper, which are meant for whatever pictures there are. */
const isOfficial = (name: string): boolean => name.endsWith('official');

/** Photos of one's own, or a built-in set. */
const kindOf = (data: Recipe['data']) => (data === 'folder' ? 'folder' : 'builtin');

/**
 * Starts over from a preset. The pictures stay where they are, except that a preset for a folder asks for one,
 * and one for confetti leaves a folder for it. Another preset keeps the labels, too.
 */
export function choosePreset(name: string): void {
  const preset = findPreset(name);
  if (preset === undefined) return;
  const { recipe } = get();
  const { label_source, label_seed } = recipe;
  const fits = isOfficial(name) || kindOf(recipe.data) === kindOf(preset.data);
  const labels = name === get().preset ? {} : { label_source, label_seed };
  const kept = fits ? { ...pictureFields(recipe), ...labels } : {};
  set({ preset: preset.name, recipe: { ...preset.recipe, ...kept }, refusals: [] });
}

/** The preset of a method that suits these pictures best: made for them, or for such as they, or the first. */
function nearestPreset(method: MethodName, data: Recipe['data']): Preset {
  const own = presets.filter((preset) => preset.method === method && !isOfficial(preset.name));
  return (
    own.find((preset) => preset.data === data) ??
    own.find((preset) => kindOf(preset.data) === kindOf(data)) ??
    own[0] ??
    defaultPreset
  );
}

/** Takes another method with the preset of it that is nearest; pictures and labels stay. Returns that preset. */
export function chooseMethod(method: MethodName): Preset {
  const { recipe } = get();
  const preset = nearestPreset(method, recipe.data);
  const { label_source, label_seed } = recipe;
  const kept = { ...pictureFields(recipe), label_source, label_seed };
  set({ preset: preset.name, recipe: { ...preset.recipe, ...kept }, refusals: [] });
  return preset;
}

/**
 * Takes other pictures. A recipe that is still its preset moves on to the preset for such pictures; one that
 * was changed by hand is kept. Returns the preset taken in place of another, if any.
 */
export function chooseData(data: Recipe['data']): string | null {
  const { preset, recipe } = get();
  const { method, data: suits } = findPreset(preset) ?? defaultPreset;
  const nearest = nearestPreset(method, data);
  const better = kindOf(suits) !== kindOf(data) && kindOf(nearest.data) === kindOf(data);
  if (better && !isOfficial(preset) && changedFields(preset, recipe).length === 0) {
    choosePreset(nearest.name);
    setFields({ data, data_seed: recipe.data_seed });
    return nearest.name;
  }
  setFields({ data });
  return null;
}

/** Fields that differ from the preset, the choice of pictures apart. */
export function changedFields(preset: string, recipe: Readonly<Recipe>): FieldName[] {
  const base = presetRecipe(preset);
  return (Object.keys(base) as FieldName[]).filter(
    (name) => !pictureFieldNames.includes(name) && recipe[name] !== base[name],
  );
}

/** Takes a whole set-up from a link, a file or an earlier run. */
export function takeSetup({ recipe, preset, problems }: NamedRecipe, from: Arrival['from']): void {
  set({ recipe, preset, arrival: { from, problems }, refusals: [] });
}

/** The pictures a recipe asks for, as one string that changes when they do; null while none of one's own are chosen. */
export function dataKey(recipe: Readonly<Recipe>, own: OwnSet | null): string | null {
  if (recipe.data === 'folder') return own === null ? null : setKey(own, recipe.data_seed);
  const params = Object.entries(builtinParams(recipe)).map(([name, value]) => `${name}=${value}`);
  return `${recipe.data}:${recipe.data_seed}:${params.join('&')}`;
}

/** The key of a data set of one's own, split by a seed. */
export function setKey({ id, revision }: Pick<OwnSet, 'id' | 'revision'>, seed: number): string {
  return `${setPrefix}${id}@${revision}:${seed}`;
}

const setPrefix = 'set:';

/** Whether a key is that of the data set `id`, whatever its state and split. */
export function isKeyOfSet(key: string, id: string): boolean {
  return key.startsWith(`${setPrefix}${id}@`);
}

/** The pictures that labels belong to, from the key of those loaded: another split of the same set keeps them. */
export function labelsKey(loaded: string): string {
  return loaded.startsWith(setPrefix) ? loaded.slice(0, loaded.lastIndexOf('@')) : loaded;
}
