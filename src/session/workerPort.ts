/** The page's end of the line to the training worker, reduced to what the client needs, so that tests fake it. */

import type { Command } from './protocol';

/** What the client wants to hear. */
export interface PortHandlers {
  message(data: unknown): void;
  /** The worker could not be started, died, or sent what could not be read. */
  failed(reason: string): void;
}

export interface WorkerPort {
  post(command: Command): void;
  close(): void;
}

export type OpenPort = (handlers: PortHandlers) => WorkerPort;

/** Starts the real worker. */
export const openTrainingWorker: OpenPort = (handlers) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'pawsaur-training',
  });
  worker.addEventListener('message', (event: MessageEvent<unknown>) => handlers.message(event.data));
  worker.addEventListener('messageerror', () =>
    handlers.failed('A message of the worker could not be read.'),
  );
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    handlers.failed(event.message || 'The worker could not be loaded.');
  });
  return {
    post: (command) => worker.postMessage(command),
    close: () => worker.terminate(),
  };
};
