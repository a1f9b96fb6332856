/** The library of this browser's data sets as the page sees it: its latest state in a zustand store. */

import { create } from 'zustand';
import { PawsaurError } from '../../platform/errors';
import type { Library, LibraryState } from '../../session/library';

const nothing: LibraryState = { connection: 'starting', sets: [], storage: null, lost: [], error: null };

/** The sets that are kept here, and what keeping them takes. Values are replaced, never changed in place. */
export const useLibrary = create<LibraryState>(() => nothing);

let current: Library | null = null;
let disconnect: () => void = () => {};

/** The library that the page commands. @throws PawsaurError before one was connected */
export function library(): Library {
  if (current === null) throw new PawsaurError('library/closed', 'The library of pictures is not open yet.');
  return current;
}

/** Puts the page on a library and starts its worker. Tests bring a fake one. */
export function connectLibrary(next: Library): void {
  disconnect();
  current = next;
  disconnect = next.subscribe(() => useLibrary.setState(next.getState(), true));
  useLibrary.setState(next.getState(), true);
  next.connect();
}
