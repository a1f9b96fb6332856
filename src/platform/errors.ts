/**
 * The one error type of Pawsaur. Every message a person can meet says what happened, what was kept and what
 * to do; the code is for programs and tests, the hint is the "what to do".
 */

/** An error meant for a person: `code` is stable ('import/no-images'), `message` a sentence, `hint` advice. */
export class PawsaurError extends Error {
  override readonly name = 'PawsaurError';

  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Turns anything that was thrown into a `PawsaurError`. Ours pass through untouched; an abort becomes
 * 'aborted'; everything else becomes 'unexpected' with the original as `cause`.
 */
export function asPawsaurError(thrown: unknown): PawsaurError {
  if (thrown instanceof PawsaurError) return thrown;
  if (nameOf(thrown) === 'AbortError') {
    return new PawsaurError('aborted', 'Stopped on request.', undefined, { cause: thrown });
  }
  return new PawsaurError('unexpected', `Something went wrong: ${messageOf(thrown)}`, undefined, {
    cause: thrown,
  });
}

/** The text of anything thrown, on one line and never empty. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return text.replace(/\s+/g, ' ').trim() || 'no reason given';
}

function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : '';
}
