/** The page's end of the line to the library worker, reduced to what the client needs, so that tests fake it. */
import type { PortHandlers } from '../workerPort';
import type { LibraryCommand } from './protocol';

export interface LibraryPort {
  post(command: LibraryCommand): void;
  close(): void;
}

export type OpenLibraryPort = (handlers: PortHandlers) => LibraryPort;

/** Starts the real worker. */
export const openLibraryWorker: OpenLibraryPort = (handlers) => {
  const worker = new Worker(new URL('./libraryWorker.ts', import.meta.url), {
    type: 'module',
    name: 'pawsaur-library',
  });
  worker.addEventListener('message', (event: MessageEvent<unknown>) => handlers.message(event.data));
  worker.addEventListener('messageerror', () =>
    handlers.failed('A message of the library could not be read.'),
  );
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    handlers.failed(event.message || 'The library could not be loaded.');
  });
  return {
    post: (command) => worker.postMessage(command),
    close: () => worker.terminate(),
  };
};
