/** Any valid recipe, for property tests. */
import * as fc from 'fast-check';
import type { FieldSpec } from '../field';
import { buildRecipe, fieldNames, type Recipe, recipeFields } from '../fields';

function arbitraryValue(spec: FieldSpec): fc.Arbitrary<unknown> {
  if (spec.kind === 'boolean') return fc.boolean();
  if (spec.kind === 'choice') return fc.constantFrom(...spec.options);
  if (spec.kind === 'integer') return fc.integer({ min: spec.min, max: spec.max });
  return fc.double({ min: spec.min, max: spec.max, noNaN: true }).map((value) => value + 0);
}

/** Every field anywhere in its range. */
export const arbitraryRecipe: fc.Arbitrary<Recipe> = fc
  .tuple(...fieldNames.map((name) => arbitraryValue(recipeFields[name])))
  .map((values) => buildRecipe((name) => values[fieldNames.indexOf(name)] as Recipe[typeof name]));
