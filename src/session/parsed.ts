/** How a message that crosses between page and worker is checked, on every line and at both of its ends. */
import * as v from 'valibot';

/** A message that fits the protocol, or the reason why it does not. */
export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

/** Checks a message against what it should be; the reason names the place of the first misfit. Never throws. */
export function parseMessage<T>(schema: v.GenericSchema<unknown, T>, message: unknown): Parsed<T> {
  const result = v.safeParse(schema, message, { abortEarly: true });
  if (result.success) return { ok: true, value: result.output };
  const issue = result.issues[0];
  const where = v.getDotPath(issue);
  return { ok: false, reason: where === null ? issue.message : `${where}: ${issue.message}` };
}
