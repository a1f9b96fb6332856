/** Errors as they travel between the library worker and the page. */
import { asPawsaurError, PawsaurError } from '../../platform/errors';
import type { ErrorReport } from '../protocol';

export function errorReport(thrown: unknown): ErrorReport {
  const { code, message, hint } = asPawsaurError(thrown);
  return { code, message, hint };
}

export function toError({ code, message, hint }: ErrorReport): PawsaurError {
  return new PawsaurError(code, message, hint);
}

/** What is said of a worker that died. */
export function deadReport(reason: string): ErrorReport {
  return {
    code: 'library/worker-dead',
    message: `The library stopped unexpectedly. ${reason}`.trim(),
    hint: 'Data sets that were there are kept. Reload the page to go on.',
  };
}
