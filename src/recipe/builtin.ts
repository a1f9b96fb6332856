/** What a recipe says about the built-in set that it asks for, in the form in which it goes to whoever draws it. */
import { type FieldValue, fieldApplies } from './field';
import { type FieldName, type Recipe, recipeFields } from './fields';
import { builtinFields } from './fields/builtin';

/** Name of a field that decides a built-in set, apart from its name and seed. */
export type BuiltinFieldName = keyof typeof builtinFields;

/** Those names in the order of the form. */
export const builtinFieldNames = Object.keys(builtinFields) as BuiltinFieldName[];

/** Every field that says which pictures are taken: they belong to the pictures, not to a preset. */
export const pictureFieldNames: readonly FieldName[] = ['data', 'data_seed', ...builtinFieldNames];

/** Values by field name; what is left out is at its default. */
export type BuiltinParams = Readonly<Record<string, FieldValue>>;

/** The fields that have an effect on these pictures and are not at their defaults; none for pictures of one's own. */
export function builtinParams(recipe: Readonly<Recipe>): BuiltinParams {
  const told = builtinFieldNames.filter((name) => {
    const spec = recipeFields[name];
    return fieldApplies(spec, recipe) && recipe[name] !== spec.official;
  });
  return Object.fromEntries(told.map((name) => [name, recipe[name]]));
}
