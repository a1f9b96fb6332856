/** The recipe's valibot schemas, read off the field table. */
import * as v from 'valibot';
import type { FieldSpec } from './field';
import { type FieldName, fieldNames, type Recipe, recipeFields } from './fields';

/** What a field accepts, as the end of the sentence 'must be …'. */
export function acceptedValues(spec: FieldSpec): string {
  if (spec.kind === 'boolean') return 'true or false';
  if (spec.kind === 'choice') return `one of ${spec.options.join(', ')}`;
  return `a ${spec.kind === 'integer' ? 'whole ' : ''}number between ${spec.min} and ${spec.max}`;
}

function schemaOf(spec: FieldSpec): v.GenericSchema<unknown, unknown> {
  const message = `must be ${acceptedValues(spec)}`;
  if (spec.kind === 'boolean') return v.boolean(message);
  if (spec.kind === 'choice') return v.picklist(spec.options, message);
  const real = v.pipe(
    v.number(message),
    v.finite(message),
    v.minValue(spec.min, message),
    v.maxValue(spec.max, message),
    // -0 would print as 0 and not survive a permalink.
    v.transform((value) => value + 0),
  );
  return spec.kind === 'integer' ? v.pipe(real, v.integer(message)) : real;
}

/** One schema per field; values out of range are refused, never clamped. */
export const fieldSchemas = Object.fromEntries(
  fieldNames.map((name) => [name, schemaOf(recipeFields[name])]),
) as unknown as { readonly [K in FieldName]: v.GenericSchema<unknown, Recipe[K]> };

/** A whole recipe: every field present and in range, nothing else. For messages between threads. */
export const recipeSchema: v.GenericSchema<unknown, Recipe> = v.strictObject(fieldSchemas);
