/**
 * The worker's end of the line: starts the session, checks every message that comes in, hands arrays over
 * instead of copying them, and tells what nobody else would hear of.
 */

import { asPawsaurError } from '../platform/errors';
import type { SessionDependencies } from './dependencies';
import {
  type Activity,
  type EngineSummary,
  parseCommand,
  type SessionEvent,
  transferables,
} from './protocol';
import { errorReport } from './trainingLoop';
import { TrainingSession } from './trainingSession';

/** The part of a worker's global scope that is used. */
export interface WorkerScope {
  postMessage(message: unknown, options: { transfer: Transferable[] }): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'messageerror', listener: () => void): void;
  addEventListener(type: 'unhandledrejection', listener: (event: { reason: unknown }) => void): void;
}

/**
 * Starts what the session needs; may fail, and then every command is answered with the reason. Says through
 * `busy` what takes its time.
 */
export type StartDependencies = (
  busy: (activity: Activity | null) => void,
) => Promise<{ engine: EngineSummary; dependencies: SessionDependencies }>;

/** Serves commands for as long as the worker lives. Commands that come before the engine is up wait for it. */
export function serveSession(scope: WorkerScope, start: StartDependencies): void {
  const emit = (event: SessionEvent) => scope.postMessage(event, { transfer: transferables(event) });
  const tellError = (thrown: unknown, replyTo?: number) => {
    const error = errorReport(asPawsaurError(thrown));
    emit(replyTo === undefined ? { type: 'error', error } : { type: 'error', replyTo, error });
  };
  const refuse = (message: string) => emit({ type: 'error', error: { code: 'session/protocol', message } });

  const tellState = (phase: 'idle' | 'failed', activity: Activity | null) => {
    const nowhere = { step: 0, totalSteps: 0, stepsPerEpoch: 0, epoch: 0 };
    emit({ type: 'state', state: { phase, activity, ...nowhere } });
  };
  const starting = start((activity) => tellState('idle', activity)).then(({ engine, dependencies }) => {
    emit({ type: 'engine', engine });
    return new TrainingSession(dependencies, emit);
  });
  starting.catch((error: unknown) => {
    tellState('failed', null);
    tellError(error);
  });

  scope.addEventListener('message', ({ data }) => {
    const parsed = parseCommand(data);
    if (!parsed.ok) {
      refuse(`A command does not fit the protocol (${parsed.reason}); it was ignored.`);
      return;
    }
    const command = parsed.value;
    starting.then(
      (session) => session.handle(command),
      (error: unknown) => tellError(error, command.id),
    );
  });
  scope.addEventListener('messageerror', () => refuse('A command could not be read; it was ignored.'));
  scope.addEventListener('unhandledrejection', ({ reason }) => tellError(reason));
}
