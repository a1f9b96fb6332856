/**
 * The library worker's end of the line: checks every message that comes in, has it carried out, and answers each
 * command with exactly one `done` or `error`. What changes is told unasked.
 */
import { errorReport } from './errorReports';
import type { Librarian } from './librarian';
import { type LibraryCommand, type LibraryEvent, parseLibraryCommand } from './protocol';

/** The part of a worker's global scope that is used. */
export interface LibraryScope {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
  addEventListener(type: 'unhandledrejection', listener: (event: { reason: unknown }) => void): void;
}

/** Serves commands for as long as the worker lives; those that come while `start` is under way wait for it. */
export function serveLibrary(
  scope: LibraryScope,
  start: (emit: (event: LibraryEvent) => void) => Promise<Librarian>,
): void {
  const emit = (event: LibraryEvent) => scope.postMessage(event);
  const refuse = (message: string, replyTo?: number) =>
    emit({ type: 'error', replyTo, error: { code: 'session/protocol', message } });
  const starting = start(emit);
  starting.catch((thrown: unknown) => emit({ type: 'error', error: errorReport(thrown) }));

  const carryOut = async (command: LibraryCommand) => {
    const replyTo = command.id;
    try {
      await (await starting).handle(command);
      emit({ type: 'done', replyTo });
    } catch (thrown) {
      emit({ type: 'error', replyTo, error: errorReport(thrown) });
    }
  };

  scope.addEventListener('message', ({ data }) => {
    const parsed = parseLibraryCommand(data);
    if (parsed.ok) void carryOut(parsed.value);
    else refuse(`A command does not fit the protocol (${parsed.reason}); it was ignored.`, idOf(data));
  });
  scope.addEventListener('messageerror', () => refuse('A command could not be read; it was ignored.'));
  scope.addEventListener('unhandledrejection', ({ reason }) =>
    emit({ type: 'error', error: errorReport(reason) }),
  );
}

/** The id of a command that does not fit, so that whoever waits for its answer gets one. */
function idOf(data: unknown): number | undefined {
  const id = (data as { id?: unknown } | null)?.id;
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : undefined;
}
