/**
 * What the person does with data sets: bring pictures in, from wherever they come, take a set into use, rename, keep
 * as a file, delete. An import goes on beside a run; several wait for each other.
 */

import { create } from 'zustand';
import type {
  BuiltinRequest,
  ImportOutcome,
  ImportRequest,
  LibraryProgress,
  ReportLine,
  SetSummary,
} from '../../session/library';
import { showName } from '../format';
import { ensureData, takeBuiltin, takeSet } from './actions';
import { download } from './download';
import { library, useLibrary } from './libraryState';
import { reportError, tell, warn } from './notify';
import { isUnderWay, useRun } from './run';
import { labelsKey, setKey, useSetup } from './setup';

/** An import that goes on. */
export interface ImportJob {
  id: number;
  name: string;
  /** null while it waits for another. */
  progress: LibraryProgress | null;
  cancel(): void;
}

/** An import that ended with something to say, until the person has closed it. */
export interface EndedImport {
  id: number;
  name: string;
  outcome: ImportOutcome;
}

/** A set that is being packed into a file. */
interface Packing {
  /** Id of a set of one's own, or name of a built-in one. */
  set: string;
  progress: LibraryProgress | null;
  cancel(): void;
}

interface Imports {
  jobs: readonly ImportJob[];
  ended: readonly EndedImport[];
  packing: Packing | null;
  /** What is done before an import, in words, and the way to give it up; null for nothing. */
  listing: { words: string; cancel(): void } | null;
}

const nothing: Imports = { jobs: [], ended: [], packing: null, listing: null };

export const useImports = create<Imports>(() => nothing);

/** Puts the imports back to a fresh page. */
export function forgetImports(): void {
  set(nothing, true);
}

const { getState: get, setState: set } = useImports;

let nextJob = 1;

/** So many imports that ended are told of. */
const mostEnded = 2;

/**
 * Brings files in as a new set, or into one that is there; the pictures card shows how far it is, and can give it
 * up. What came in is taken into use unless a run goes. Resolves when the import has ended, either way, and never
 * rejects: what went wrong is in the card.
 */
export async function importFrom(request: ImportRequest): Promise<ImportOutcome> {
  const id = nextJob++;
  const { name } = request;
  const underway = (await library()).importFiles(request, (progress) => changeJob(id, { progress }));
  set({ jobs: [...get().jobs, { id, name, progress: null, cancel: underway.cancel }] });
  const outcome = await underway.done;
  set({ jobs: get().jobs.filter((job) => job.id !== id) });
  if (outcome.ok) await welcome(id, outcome);
  else if (outcome.error.code !== 'aborted') addEnded({ id, name, outcome });
  return outcome;
}

/** Files chosen together, and what they are called. */
interface Chosen {
  name: string;
  files: { path: string; file: File }[];
}

/**
 * Lists files and brings them in, as a new set or `into` one; nothing when the person thought better of it (null).
 * Videos among them become pictures here, where they can be played.
 */
export async function importListed(list: () => Promise<Chosen | null>, into?: SetSummary): Promise<void> {
  const giveUp = new AbortController();
  const say = (words: string) => set({ listing: { words, cancel: () => giveUp.abort() } });
  say('Looking through the files…');
  try {
    const chosen = await list();
    giveUp.signal.throwIfAborted();
    if (chosen === null) return;
    const target =
      into === undefined ? { name: unusedName(chosen.name) } : { name: into.name, into: into.id };
    const read = await withoutVideos(chosen.files, say, giveUp.signal);
    set({ listing: null });
    await importFrom({ ...target, ...read });
  } catch (thrown) {
    reportError(thrown);
  } finally {
    set({ listing: null });
  }
}

const video = /\.(mp4|m4v|mov|qt|webm|mkv|avi|ogv|mpe?g|m2ts|mts|wmv|asf|flv|3gp|3g2)$/i;

/** The files with the frames of each video in its place, and what became of the videos. */
async function withoutVideos(
  files: Chosen['files'],
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<Pick<ImportRequest, 'files' | 'lines'>> {
  const isVideo = ({ path, file }: Chosen['files'][number]) =>
    file.type.startsWith('video/') || video.test(path);
  const videos = files.filter(isVideo);
  if (videos.length === 0) return { files };
  const { framesOf } = await import('../sources/framesOf');
  const pictures: ImportRequest['files'] = files.filter((file) => !isVideo(file));
  const lines: ReportLine[] = [];
  for (const { path, file } of videos) {
    say(`Taking pictures from ${showName(file.name)}…`);
    const frames = await framesOf(file, { path, signal });
    pictures.push(...frames.files);
    lines.push(frames.line);
  }
  return { files: pictures, lines };
}

/** The name, or with a number after it where a set has it already. */
export function unusedName(name: string): string {
  const taken = new Set(useLibrary.getState().sets.map((set) => set.name));
  for (let number = 2; ; number++) {
    if (!taken.has(name)) return name;
    const next = `${name.replace(/ \(\d+\)$/, '')} (${number})`;
    if (!taken.has(next)) return next;
  }
}

function changeJob(id: number, changes: Partial<ImportJob>): void {
  set({ jobs: get().jobs.map((job) => (job.id === id ? { ...job, ...changes } : job)) });
}

function addEnded(ended: EndedImport): void {
  set({ ended: [...get().ended.slice(1 - mostEnded), ended] });
}

/** Closes what an import said at its end. */
export function dismissEnded(id: number): void {
  set({ ended: get().ended.filter((ended) => ended.id !== id) });
}

type Success = Extract<ImportOutcome, { ok: true }>;

/** Takes what came in into use, or offers it, and says what is worth reading. */
async function welcome(id: number, outcome: Success): Promise<void> {
  const { set: summary, report } = outcome;
  // Every folder of some systems has files of theirs: these are in the report, and no news.
  const missed = report.lines.some(
    ({ outcome, reason }) => outcome === 'skipped' && reason !== 'system-file',
  );
  const remarkable = missed || report.warnings.length > 0;
  const used = !isUnderWay(useRun.getState().run) && (await switchTo(summary));
  if (remarkable || !used) addEnded({ id, name: summary.name, outcome });
}

/** Takes a set into use. False when a run keeps its pictures, or the set cannot be opened. */
export async function switchTo({ id, name, revision }: SetSummary): Promise<boolean> {
  if (isUnderWay(useRun.getState().run)) {
    warn('A run keeps its pictures', 'Stop it to take others.');
    return false;
  }
  await takeSet({ id, name, revision });
  return useSetup.getState().own?.id === id;
}

/** Gives a set another name. */
export async function renameSet(id: string, name: string): Promise<void> {
  try {
    await (await library()).rename(id, name);
  } catch (thrown) {
    reportError(thrown);
  }
}

/** Deletes a set for good. One that is in use makes way for a built-in set first. */
export async function removeSet({ id, name }: SetSummary): Promise<void> {
  try {
    if (useSetup.getState().own?.id === id) leaveOwnSet();
    const kept = await library();
    await kept.remove(id);
    await kept.keepLabels(labelsKey(setKey({ id, revision: 0 }, 0)), null);
    set({ ended: get().ended.filter(({ outcome }) => !outcome.ok || outcome.set.id !== id) });
    tell(`${showName(name)} is deleted`);
  } catch (thrown) {
    reportError(thrown);
  }
}

function leaveOwnSet(): void {
  useSetup.setState({ own: null, dataError: null });
  if (useSetup.getState().recipe.data === 'folder') takeBuiltin('confetti');
}

/** Saves a set, of one's own or built-in, as a ZIP that imports again to the same set. */
export async function exportSet(what: string | BuiltinRequest): Promise<void> {
  if (get().packing !== null) return;
  const name = typeof what === 'string' ? what : what.name;
  try {
    const change = (progress: LibraryProgress) => {
      const { packing } = get();
      if (packing !== null) set({ packing: { ...packing, progress } });
    };
    const underway = (await library()).exportSet(what, change);
    set({ packing: { set: name, progress: null, cancel: underway.cancel } });
    const { fileName, file } = await underway.done;
    download(fileName, 'application/zip', file);
  } catch (thrown) {
    reportError(thrown);
  } finally {
    set({ packing: null });
  }
}

/** Forgets an import that was lost with its page. */
export async function dismissLost(id: string): Promise<void> {
  try {
    await (await library()).dismissLost(id);
  } catch (thrown) {
    reportError(thrown);
  }
}

/**
 * Keeps the set in use up with the library: pictures that were added or left out are opened once no run keeps the
 * others, and a set that was deleted elsewhere makes way. Returns the way to stop that.
 */
export function followSets(): () => void {
  /** Ids of sets that were in the list: what has just come in may not be there yet. */
  const listed = new Set<string>();
  const look = () => {
    const { sets } = useLibrary.getState();
    const { own } = useSetup.getState();
    for (const { id } of sets) listed.add(id);
    if (own === null || isUnderWay(useRun.getState().run)) return;
    const now = sets.find(({ id }) => id === own.id);
    if (now === undefined) {
      if (!listed.has(own.id)) return;
      warn(`${showName(own.name)} is gone`, 'It was deleted, or this browser cleared it away.');
      leaveOwnSet();
    } else if (now.revision > own.revision || now.name !== own.name) {
      useSetup.setState({ own: { id: own.id, name: now.name, revision: now.revision } });
      void ensureData();
    }
  };
  const stops = [useLibrary.subscribe(look), useRun.subscribe(look)];
  return () => {
    for (const stop of stops) stop();
  };
}
