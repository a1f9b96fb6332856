/** What to train: the recipe's fields, presets, codecs, checks and cost. Read by every floor, imports none. */
export type { FieldGroup, FieldSpec, FieldValue } from './field';
export {
  type FieldName,
  fieldNames,
  isFieldName,
  type LiveField,
  liveFields,
  officialRecipe,
  type Recipe,
  recipeFields,
  recipeGroups,
} from './fields';
export { planRun, type RunPlan } from './plan';
export type { FieldProblem } from './problem';
