/**
 * What the person does with data sets: bring pictures in, from wherever they come. An import goes on beside a run;
 * several wait for each other.
 */

import { create } from 'zustand';
import type { ImportOutcome, ImportRequest, LibraryProgress } from '../../session/library';
import { library } from './libraryState';

/** An import that goes on. */
export interface ImportJob {
  id: number;
  name: string;
  /** null while it waits for another. */
  progress: LibraryProgress | null;
  cancel(): void;
}

/** An import that ended, until the person has closed what it says. */
export interface EndedImport {
  id: number;
  name: string;
  outcome: ImportOutcome;
}

interface Imports {
  jobs: readonly ImportJob[];
  ended: readonly EndedImport[];
}

export const useImports = create<Imports>(() => ({ jobs: [], ended: [] }));

let nextJob = 1;

/**
 * Brings files in as a new set, or into one that is there; the pictures card shows how far it is, and can give it
 * up. Resolves when it has ended, either way, and never rejects: what went wrong is in the card.
 */
export async function importFrom(request: ImportRequest): Promise<ImportOutcome> {
  const id = nextJob++;
  const { name } = request;
  const underway = (await library()).importFiles(request, (progress) => change(id, { progress }));
  const job: ImportJob = { id, name, progress: null, cancel: underway.cancel };
  useImports.setState(({ jobs }) => ({ jobs: [...jobs, job] }));
  const outcome = await underway.done;
  useImports.setState(({ jobs, ended }) => ({
    jobs: jobs.filter((other) => other.id !== id),
    ended: isCancelled(outcome) ? ended : [...ended, { id, name, outcome }],
  }));
  return outcome;
}

const isCancelled = (outcome: ImportOutcome) => !outcome.ok && outcome.error.code === 'aborted';

function change(id: number, changes: Partial<ImportJob>): void {
  useImports.setState(({ jobs }) => ({
    jobs: jobs.map((job) => (job.id === id ? { ...job, ...changes } : job)),
  }));
}
