/**
 * What the library does at each command: imports wait for one another, everything else is done at once. It tells of
 * the sets whenever they change, in this tab or another.
 */
import { findDuplicates } from '../../dataset/importing/duplicates';
import { ImportRefused } from '../../dataset/importing/refused';
import { sampleBuiltin } from '../../dataset/procedural/builtin';
import { builtinOptions } from '../../dataset/procedural/options';
import type { PictureReader } from '../../dataset/reading/pictureReader';
import type { SetRecord, SetStorage } from '../../dataset/storage/records';
import { SetStore } from '../../dataset/storage/setStore';
import { Turns } from '../turns';
import { exportSet } from './exportSet';
import { importFiles } from './importFiles';
import type { LibraryProgress } from './library';
import {
  type KeptLabels,
  type LibraryCommand,
  type LibraryEvent,
  readKeptLabels,
  type SetColumns,
  type SetSummary,
} from './protocol';

type CommandOf<T extends LibraryCommand['type']> = Extract<LibraryCommand, { type: T }>;
type Emit = (event: LibraryEvent) => void;

export interface LibrarianParts {
  storage: SetStorage;
  /** Starts what reads pictures; closed when the import has ended. */
  openReader: () => PictureReader;
}

/** Least time between two messages of progress, ms. */
const progressEvery = 100;

export class Librarian {
  readonly #store: SetStore;
  readonly #imports = new Turns();
  /** What can be given up, by the id of its command. */
  readonly #underWay = new Map<number, AbortController>();
  readonly #tellings = new Turns();
  /** A telling that waits for its turn: it will tell of every change up to then. */
  #nextTelling: Promise<void> | null = null;
  /** Those that were asked for last: duplicates take time to find. */
  #columns: SetColumns | null = null;

  private constructor(
    private readonly parts: LibrarianParts,
    private readonly emit: Emit,
  ) {
    this.#store = new SetStore(parts.storage);
    this.#store.onChange(() => void this.#tell().catch(() => undefined));
  }

  /** Cleans up after imports that died, and tells what there is. @throws where the library cannot be read */
  static async start(parts: LibrarianParts, emit: Emit): Promise<Librarian> {
    const librarian = new Librarian(parts, emit);
    // What cannot be cleaned up now is left for the next start.
    await librarian.#store.recover().catch(() => undefined);
    await librarian.#tell();
    return librarian;
  }

  /** Carries out a command; its data events, and what it changed, are told before this resolves. @throws PawsaurError */
  async handle(command: LibraryCommand): Promise<void> {
    const store = this.#store;
    const { id: replyTo } = command;
    switch (command.type) {
      case 'list':
        return this.#tell();
      case 'import':
        return this.#cancellable(replyTo, (signal) => this.#import(command, signal));
      case 'cancel':
        this.#underWay.get(command.import)?.abort();
        return;
      case 'rename':
        await store.rename(command.set, command.name);
        return this.#tell();
      case 'remove':
        await store.remove(command.set);
        return this.#tell();
      case 'exclude':
        await store.exclude(command.set, command.rows, command.excluded);
        return this.#tell();
      case 'report':
        this.emit({ type: 'report', replyTo, reports: await store.reports(command.set) });
        return;
      case 'columns':
        this.emit({ type: 'columns', replyTo, columns: await this.#columnsOf(command.set) });
        return;
      case 'export':
        return this.#cancellable(replyTo, (signal) => this.#export(command, signal));
      case 'preview':
        return this.#preview(command);
      case 'keepLabels':
        return store.keepLabels(command.key, command.labels ?? undefined);
      case 'labels':
        this.emit({ type: 'labels', replyTo, labels: await this.#labels(command.key) });
        return;
      case 'dismissLost':
        await store.dismissLost(command.lost);
        return this.#tell();
    }
  }

  async #import(command: CommandOf<'import'>, signal: AbortSignal): Promise<void> {
    const replyTo = command.id;
    let begun = false;
    const turn = this.#imports.take(async () => {
      signal.throwIfAborted();
      begun = true;
      const reader = this.parts.openReader();
      try {
        const onProgress = this.#progress(replyTo);
        return await importFiles(command, { store: this.#store, reader, signal, onProgress });
      } finally {
        reader.close();
      }
    });
    try {
      const { set, report } = await Promise.race([turn, aborted(signal, () => !begun)]);
      await this.#tell();
      this.emit({ type: 'imported', replyTo, set: summaryOf(set), report });
    } catch (error) {
      if (error instanceof ImportRefused) {
        this.emit({ type: 'notImported', replyTo, report: error.report });
      }
      throw error;
    }
  }

  async #export({ id: replyTo, what }: CommandOf<'export'>, signal: AbortSignal): Promise<void> {
    const onProgress = this.#progress(replyTo);
    const { fileName, file } = await exportSet(what, { store: this.#store, signal, onProgress });
    this.emit({ type: 'exported', replyTo, fileName, file });
  }

  async #preview({ id: replyTo, builtin, count }: CommandOf<'preview'>): Promise<void> {
    const options = { seed: builtin.seed, ...builtinOptions(builtin.params) };
    this.emit({ type: 'preview', replyTo, ...sampleBuiltin(builtin.name, options, count) });
  }

  async #labels(key: string): Promise<KeptLabels | null> {
    return readKeptLabels(await this.#store.labels(key));
  }

  async #columnsOf(id: string): Promise<SetColumns> {
    const { record, index } = await this.#store.read(id);
    const { revision } = record;
    if (this.#columns?.set !== id || this.#columns.revision !== revision) {
      const { names, classNames, maskRows } = index;
      const { exact, look } = findDuplicates(index);
      this.#columns = {
        set: id,
        revision,
        names,
        classNames,
        labels: index.labels.slice(),
        split: index.split.slice(),
        widths: index.widths.slice(),
        heights: index.heights.slice(),
        excluded: index.excluded.slice(),
        hasMask: Uint8Array.from(maskRows, (row) => (row < 0 ? 0 : 1)),
        exactGroups: exact.slice(),
        lookGroups: look.slice(),
      };
    }
    return this.#columns;
  }

  /** Runs what `cancel` may give up. */
  async #cancellable(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    this.#underWay.set(id, controller);
    try {
      await work(controller.signal);
    } finally {
      this.#underWay.delete(id);
    }
  }

  /** Tells how far a command is, not too often. */
  #progress(replyTo: number): (progress: LibraryProgress) => void {
    let last = 0;
    let stage: LibraryProgress['stage'] | null = null;
    return (progress) => {
      const now = Date.now();
      if (progress.stage === stage && now - last < progressEvery) return;
      last = now;
      stage = progress.stage;
      this.emit({ type: 'progress', replyTo, ...progress });
    };
  }

  /** Tells of the sets as they are now; the latest telling has ended when this resolves. */
  #tell(): Promise<void> {
    this.#nextTelling ??= this.#tellings.take(async () => {
      this.#nextTelling = null;
      const { space, problem } = this.parts.storage;
      const [{ sets, lost }, { used, quota }, persisted] = await Promise.all([
        this.#store.list(),
        space.estimate(),
        space.persisted(),
      ]);
      this.emit({
        type: 'sets',
        sets: sets.map(summaryOf),
        storage: { usedBytes: used, quotaBytes: quota, persisted, problem },
        lost,
      });
    });
    return this.#nextTelling;
  }
}

/** What the page is told of a set. */
function summaryOf({ parts: _, ...summary }: SetRecord): SetSummary {
  return summary;
}

/** Rejects when `signal` fires while `open` is true. */
function aborted(signal: AbortSignal, open: () => boolean): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      if (open()) reject(signal.reason);
    });
  });
}
