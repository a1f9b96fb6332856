/**
 * The one table of recipe fields: official option names, official defaults, ranges and texts.
 * The type `Recipe`, the schema, the form, the permalink and the file format are all read off it.
 * Source of names and defaults: main_dino.py of facebookresearch/dino, the configurations of facebookresearch/suncet
 * for PAWS, the SwAV paper; extras are marked `extra`.
 */
import { type FieldGroup, type FieldSpec, fieldUnder, type ValueOf } from './field';
import { builtinFields } from './fields/builtin';
import { labelFields, prototypeFields, voteFields } from './fields/labelled';
import { dataFields, headFields, modelFields } from './fields/model';
import { optimiserFields, runFields, teacherFields } from './fields/training';
import { colourFields, cropFields } from './fields/views';
import type { MethodName } from './methods';

const table = {
  ...dataFields,
  ...builtinFields,
  ...labelFields,
  ...modelFields,
  ...headFields,
  ...teacherFields,
  ...voteFields,
  ...prototypeFields,
  ...optimiserFields,
  ...cropFields,
  ...colourFields,
  ...runFields,
};

/** Name of a recipe field. */
export type FieldName = keyof typeof table;

/** What to train and how: one value per field, durations in epochs, sizes in pixels. */
export type Recipe = { [K in FieldName]: ValueOf<(typeof table)[K]> };

/** Every field with its label, help, range and official default. */
export const recipeFields: Readonly<Record<FieldName, FieldSpec>> = table;

/** All field names in the order of the form. */
export const fieldNames: readonly FieldName[] = Object.keys(table).filter((key) => isFieldName(key));

/** Whether `key` names a recipe field (own keys only: `constructor` and `__proto__` do not). */
export function isFieldName(key: string): key is FieldName {
  return Object.hasOwn(table, key);
}

/** Builds a recipe from one value per field; the callback's value must belong to the field. */
export function buildRecipe(value: <K extends FieldName>(name: K) => Recipe[K]): Recipe {
  const built: Partial<Recipe> = {};
  const put = <K extends FieldName>(name: K) => {
    built[name] = value(name);
  };
  for (const name of fieldNames) put(name);
  return built as Recipe;
}

/** A field as it is under one method: its words, and the method's official value. */
export function recipeField(name: FieldName, method: MethodName): FieldSpec {
  return fieldUnder(recipeFields[name], method);
}

/** The official defaults of a method, extras off; what a method does not know stays at DINO's. */
export function officialRecipeOf(method: MethodName): Recipe {
  const recipe = buildRecipe((name) => recipeField(name, method).official as Recipe[typeof name]);
  return { ...recipe, method };
}

/** DINO's official defaults (backbone sizes of its vit_tiny), extras off. */
export const officialRecipe: Readonly<Recipe> = Object.freeze(officialRecipeOf('dino'));

/** The fields that may change while a run goes. */
export const liveFields = [
  'student_temp',
  'teacher_temp',
  'warmup_teacher_temp',
  'momentum_teacher',
  'lr_scale',
  'centering',
  'centering_on',
  'sharpening_on',
  'temperature',
  'sharpen',
  'me_max',
] as const satisfies readonly FieldName[];

/** Name of a field that may change while a run goes. */
export type LiveField = (typeof liveFields)[number];

/** Titles of the form's sections, in order. */
export const recipeGroups: readonly { group: FieldGroup; title: string; help: string }[] = [
  { group: 'data', title: 'Pictures', help: 'What the network gets to see.' },
  {
    group: 'labels',
    title: 'Labels',
    help: 'Which pictures tell their class; the others’ are hidden and only score.',
  },
  { group: 'model', title: 'Network', help: 'The backbone that turns a view into a feature.' },
  { group: 'head', title: 'Projection head', help: 'What stands between a feature and the loss.' },
  { group: 'teacher', title: 'Teacher and student', help: 'What keeps the two from agreeing on nothing.' },
  { group: 'votes', title: 'Votes', help: 'How labelled pictures vote on the others.' },
  { group: 'prototypes', title: 'Prototypes', help: 'What views are assigned to.' },
  { group: 'optimiser', title: 'Optimiser and length', help: 'How far each step goes, and how many.' },
  { group: 'crops', title: 'Crops', help: 'Which parts of a picture make its views.' },
  { group: 'colour', title: 'Flips and colours', help: 'What the views may not agree on.' },
  { group: 'run', title: 'Run', help: 'Seed and scoring.' },
];
