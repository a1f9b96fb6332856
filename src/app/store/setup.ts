/**
 * What the visitor has set up: pictures, preset and the recipe as it stands in the form. Nothing here talks to
 * the worker; `actions.ts` does, and reads this.
 */

import { create } from 'zustand';
import {
  defaultPreset,
  type FieldName,
  type FieldProblem,
  type FieldValue,
  findPreset,
  type MethodName,
  type NamedRecipe,
  type Preset,
  presets,
  type Recipe,
} from '../../recipe';
import type { ErrorReport } from '../../session/protocol';

/** One file of a folder, its path relative to it: `class/picture.jpg`. */
export interface FolderFile {
  path: string;
  file: File;
}

/** The folder that was chosen last. Its files stay here, so that it can be read again. */
export interface Folder {
  name: string;
  files: FolderFile[];
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
  folder: Folder | null;
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
  folder: null,
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

/** Fields that say which pictures are taken; they belong to the pictures, not to the preset. */
const dataFieldNames = ['data', 'data_seed', 'hue_spread'] as const satisfies readonly FieldName[];

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
  const { data, data_seed, hue_spread, label_source, label_seed } = get().recipe;
  const fits = isOfficial(name) || kindOf(data) === kindOf(preset.data);
  const labels = name === get().preset ? {} : { label_source, label_seed };
  const kept = fits ? { data, data_seed, hue_spread, ...labels } : {};
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
  const { data, data_seed, hue_spread, label_source, label_seed } = recipe;
  const kept = { data, data_seed, hue_spread, label_source, label_seed };
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
  const data: readonly FieldName[] = dataFieldNames;
  return (Object.keys(base) as FieldName[]).filter(
    (name) => !data.includes(name) && recipe[name] !== base[name],
  );
}

/** Takes a whole set-up from a link, a file or an earlier run. */
export function takeSetup({ recipe, preset, problems }: NamedRecipe, from: Arrival['from']): void {
  set({ recipe, preset, arrival: { from, problems }, refusals: [] });
}

/** The pictures a recipe asks for, as one string that changes when they do; null while a folder is missing. */
export function dataKey(recipe: Readonly<Recipe>, folder: Folder | null): string | null {
  if (recipe.data === 'folder') return folder === null ? null : folderKey(folder, recipe.data_seed);
  const spread = recipe.data === 'confetti' ? recipe.hue_spread : '';
  return `${recipe.data}:${recipe.data_seed}:${spread}`;
}

/** The pictures that labels belong to, from the key of those loaded: another split of the same folder keeps them. */
export function labelsKey(loaded: string): string {
  return loaded.startsWith('folder:') ? loaded.slice(0, loaded.lastIndexOf(':')) : loaded;
}

const folderNumbers = new WeakMap<Folder, number>();
let nextFolder = 1;

/** The key of a folder, split by a seed: the same name chosen twice may hold other files. */
export function folderKey(folder: Folder, seed: number): string {
  const number = folderNumbers.get(folder) ?? nextFolder++;
  folderNumbers.set(folder, number);
  return `folder:${number}:${seed}`;
}
