/** What to train: the recipe's fields, presets, codecs, checks and cost. Read by every floor, imports none. */

export {
  type BuiltinFieldName,
  type BuiltinParams,
  builtinFieldNames,
  builtinParams,
  pictureFieldNames,
} from './builtin';
export { checkRecipe } from './check';
export { searchMemory } from './checkMemory';
export { estimateCost, type RunCost, type RunFacts, type RunMemory } from './cost';
export { type FieldGroup, type FieldSpec, type FieldValue, fieldApplies } from './field';
export {
  type FieldName,
  fieldNames,
  isFieldName,
  type LiveField,
  liveFields,
  officialRecipe,
  officialRecipeOf,
  type Recipe,
  recipeField,
  recipeFields,
  recipeGroups,
} from './fields';
export { type BackgroundStyle, builtinStyles, colourTells, sharesBackground } from './fields/builtin';
export { fromFile, toFile } from './file';
export { type MethodFacts, type MethodName, methodFacts, methodNames, type SeriesFacts } from './methods';
export { stemChannels, stemGroups } from './networkCost';
export { type ParsedRecipe, parseRecipe } from './parse';
export { decodePermalink, encodePermalink, type NamedRecipe } from './permalink';
export { pictureRoom } from './pictureRoom';
export { planRun, type RunPlan } from './plan';
export {
  type ColourSide,
  colourSide,
  colourSwitch,
  defaultPreset,
  findPreset,
  type Preset,
  presets,
} from './presets';
export type { FieldProblem } from './problem';
export { acceptedValues, fieldSchemas } from './schema';
