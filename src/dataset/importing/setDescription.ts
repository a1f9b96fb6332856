/**
 * What a set says of itself in `pawsaur.json` at the top of its export: what folders and lists cannot say. The file
 * may come from anywhere and hold anything.
 */
import * as v from 'valibot';
import { messageOf } from '../../platform/errors';

/** Its name, at the top of an export. */
export const descriptionFile = 'pawsaur.json';

const text = v.pipe(v.string(), v.maxLength(20_000));

const descriptionSchema = v.object({
  format: v.literal('pawsaur-set'),
  version: v.literal(1),
  name: v.pipe(text, v.minLength(1)),
  /** Side of the squares, px. */
  size: v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(512)),
  /** All classes in their order, those without a picture too. */
  classNames: v.pipe(v.array(text), v.maxLength(100_000)),
  /** Paths inside the export, and the names that these pictures have in the set, where the two differ. */
  renamed: v.array(v.tuple([text, text])),
});

/** A set in words; with it, a list of labels is the whole truth about classes, whatever folders say. */
export type SetDescription = v.InferOutput<typeof descriptionSchema>;

/** The content of `pawsaur.json`. */
export function writeDescription(description: Omit<SetDescription, 'format' | 'version'>): string {
  const whole: SetDescription = { format: 'pawsaur-set', version: 1, ...description };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

/** Reads such a file; what is wrong with it, as part of a sentence, where it is none. Never throws. */
export function readDescription(bytes: Uint8Array): SetDescription | string {
  try {
    const result = v.safeParse(descriptionSchema, JSON.parse(new TextDecoder().decode(bytes)));
    if (result.success) return result.output;
    const issue = result.issues[0];
    return `${v.getDotPath(issue) ?? 'it'} is not as it should be`;
  } catch (thrown) {
    return `it is no JSON (${messageOf(thrown)})`;
  }
}
