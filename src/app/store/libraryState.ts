/** The library of this browser's data sets as the page sees it: its latest state in a zustand store. */

import { create } from 'zustand';
import type { Library, LibraryState } from '../../session/library';

const nothing: LibraryState = { connection: 'starting', sets: [], storage: null, lost: [], error: null };

/** The sets that are kept here, and what keeping them takes. Values are replaced, never changed in place. */
export const useLibrary = create<LibraryState>(() => nothing);

let current: Library | null = null;
let waiting: ((library: Library) => void)[] = [];
let disconnect: () => void = () => {};

/** The library that the page commands, as soon as it is there: its code is loaded after the page. */
export function library(): Promise<Library> {
  if (current !== null) return Promise.resolve(current);
  return new Promise((resolve) => waiting.push(resolve));
}

/** Puts the page on a library and starts its worker. Tests bring a fake one. */
export function connectLibrary(next: Library): void {
  disconnect();
  current = next;
  disconnect = next.subscribe(() => useLibrary.setState(next.getState(), true));
  useLibrary.setState(next.getState(), true);
  next.connect();
  for (const resolve of waiting) resolve(next);
  waiting = [];
}
