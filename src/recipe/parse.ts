/**
 * Untrusted input to a recipe, field by field. Nothing here throws: a bad field keeps the base value and is
 * listed, a good one beside it is used.
 */
import * as v from 'valibot';
import { buildRecipe, type FieldName, isFieldName, officialRecipe, type Recipe } from './fields';
import type { FieldProblem } from './problem';
import { fieldSchemas } from './schema';

/** A recipe and what had to be left out of it. */
export interface ParsedRecipe {
  recipe: Recipe;
  problems: FieldProblem[];
}

/** More unknown names than this are counted, not listed. */
const maxListed = 20;

/** A name or value shortened for showing; control characters and line breaks become spaces. */
export function shorten(text: string, length = 40): string {
  const plain = text.slice(0, length + 1).replace(/[\p{C}\p{Z}]+/gu, ' ');
  return plain.length > length || text.length > length + 1 ? `${plain.slice(0, length)}…` : plain;
}

/** `Array.isArray` throws on a revoked proxy. */
function isList(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Any value in a few characters, without calling anything of its own. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return isList(value) ? 'a list' : 'an object';
  if (typeof value === 'string') return `'${shorten(value)}'`;
  if (typeof value === 'function') return 'a function';
  if (Object.is(value, -0)) return '-0';
  return shorten(String(value));
}

/** Reads one field after another over `base`; every name may come once. */
export function parseEntries(
  entries: readonly (readonly [string, unknown])[],
  base: Readonly<Recipe>,
): ParsedRecipe {
  const problems: FieldProblem[] = [];
  const recipe = buildRecipe((name) => base[name]);
  const read = new Set<FieldName>();
  let unlisted = 0;
  const set = <K extends FieldName>(name: K, value: unknown) => {
    const schema: v.GenericSchema<unknown, Recipe[K]> = fieldSchemas[name];
    // No field holds an object, and the schema would ask one for its constructor's name.
    const plain = typeof value === 'object' ? null : value;
    const result = v.safeParse(schema, plain);
    if (result.success) recipe[name] = result.output;
    else {
      const given = describeValue(value);
      problems.push({
        field: name,
        kind: 'ignored',
        given,
        message: `${name} ${result.issues[0].message}; ${given} was given, so it stays at ${base[name]}.`,
      });
    }
  };
  for (const [name, value] of entries) {
    if (!isFieldName(name)) {
      if (problems.length >= maxListed) unlisted++;
      else {
        const field = shorten(name);
        problems.push({
          field,
          kind: 'ignored',
          given: describeValue(value),
          message: `There is no recipe field called '${field}'; it was left out.`,
        });
      }
    } else if (read.has(name)) {
      problems.push({
        field: name,
        kind: 'ignored',
        given: describeValue(value),
        message: `${name} was given twice; the first value counts.`,
      });
    } else {
      read.add(name);
      set(name, value);
    }
  }
  if (unlisted > 0) {
    problems.push({
      field: 'recipe',
      kind: 'ignored',
      message: `${unlisted} more unknown ${unlisted === 1 ? 'field was' : 'fields were'} left out.`,
    });
  }
  return { recipe, problems };
}

/**
 * Reads a recipe from anything. Missing fields silently take the value of `base` (the official recipe unless
 * told); fields of the wrong type or out of range take it too and are listed, as are unknown names.
 */
export function parseRecipe(given: unknown, base: Readonly<Recipe> = officialRecipe): ParsedRecipe {
  try {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new TypeError();
    return parseEntries(Object.entries(given), base);
  } catch {
    return {
      recipe: buildRecipe((name) => base[name]),
      problems: [
        {
          field: 'recipe',
          kind: 'ignored',
          given: describeValue(given),
          message: 'A recipe is an object of named fields; this is not one, so nothing of it was used.',
        },
      ],
    };
  }
}
