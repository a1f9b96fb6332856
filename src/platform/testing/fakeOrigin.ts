/**
 * A browser's storage for tests: a private file system that forgets what was not flushed when a page dies, IndexedDB,
 * locks and channels, shared by any number of pages; each page meets its fate at one of its operations.
 */
import * as fakeIndexedDb from 'fake-indexeddb';
import { fileStoreIn } from '../browser/fileStore';
import { openRecords } from '../browser/recordStore';
import { memoryLocks } from '../memoryStorage';
import type { Channel, RecordStore, Storage } from '../storage';

/** What befalls a page at its operation number `at` (from 1): it dies before or after it, or the operation fails. */
export interface Misfortune {
  at: number;
  kind: 'dies before' | 'dies after' | 'no room';
}

/** Counts the operations of a page. */
export class Fate {
  operations = 0;
  dead = false;
  constructor(private readonly misfortune: Misfortune | null) {}

  step<T>(act: () => T): T {
    const struck = this.#next();
    if (struck === null) return act();
    if (struck === 'dies after') act();
    throw this.#end(struck);
  }

  async later<T>(act: () => Promise<T>): Promise<T> {
    const struck = this.#next();
    if (struck === null) return act();
    if (struck === 'dies after') await act();
    throw this.#end(struck);
  }

  #next(): Misfortune['kind'] | null {
    if (this.dead) throw new Error('This page is dead.');
    this.operations++;
    return this.operations === this.misfortune?.at ? this.misfortune.kind : null;
  }

  #end(kind: Misfortune['kind']): Error {
    if (kind === 'no room') return new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    this.dead = true;
    return new Error('This page died.');
  }
}

interface FakeFile {
  bytes: Uint8Array<ArrayBuffer>;
  flushed: Uint8Array<ArrayBuffer>;
  /** Pages that have it open for writing, and for reading. */
  writers: Set<Fate>;
  readers: Fate[];
}

export class FakeOrigin {
  readonly files = new Map<string, FakeFile>();
  /** Bytes; null where it is not told. */
  quota: number | null = null;
  /** Whether handles can be shared by readers; for pages that come. */
  sharedHandles = true;
  readonly #locks = memoryLocks();
  readonly #listeners = new Map<Fate, Set<(message: unknown) => void>>();

  constructor() {
    // Every origin has databases of its own; idb asks for the global ones, and for the names of their parts.
    Object.assign(globalThis, fakeIndexedDb, { indexedDB: new fakeIndexedDb.IDBFactory() });
  }

  /** The storage of a new page. */
  async page<Table extends string>(
    tables: readonly Table[],
    misfortune: Misfortune | null = null,
  ): Promise<{ storage: Storage<Table>; fate: Fate }> {
    const fate = new Fate(misfortune);
    const storage: Storage<Table> = {
      files: fileStoreIn(this.#folder(fate), this.sharedHandles),
      records: faulty(await openRecords('sets', tables), fate),
      locks: this.#locks,
      channel: this.#channel(fate),
      space: {
        estimate: async () => ({ used: this.used, quota: this.quota }),
        persisted: async () => false,
      },
      problem: null,
    };
    return { storage, fate };
  }

  /** What a crash of the page leaves: what it did not flush is gone. */
  bury(fate: Fate): void {
    fate.dead = true;
    this.#listeners.delete(fate);
    for (const file of this.files.values()) {
      if (file.writers.delete(fate)) file.bytes = file.flushed;
      file.readers = file.readers.filter((reader) => reader !== fate);
    }
  }

  get used(): number {
    let used = 0;
    for (const { bytes } of this.files.values()) used += bytes.length;
    return used;
  }

  #folder(fate: Fate): FileSystemDirectoryHandle {
    const { files } = this;
    const folder = {
      async *keys() {
        yield* fate.step(() => [...files.keys()]);
      },
      getFileHandle: async (name: string, options?: { create?: boolean }) =>
        fate.step(() => {
          if (!files.has(name)) {
            if (!options?.create) throw missing(name);
            const empty = { bytes: new Uint8Array(), flushed: new Uint8Array() };
            files.set(name, { ...empty, writers: new Set(), readers: [] });
          }
          return this.#handle(name, files.get(name)!, fate);
        }),
      removeEntry: async (name: string) =>
        fate.step(() => {
          const file = files.get(name);
          if (file === undefined) throw missing(name);
          if (file.writers.size > 0 || file.readers.length > 0) throw inUse(name);
          files.delete(name);
        }),
    };
    return folder as unknown as FileSystemDirectoryHandle;
  }

  #handle(name: string, file: FakeFile, fate: Fate): unknown {
    return {
      createSyncAccessHandle: async (options?: { mode: string }) =>
        fate.step(() => {
          const shared = this.sharedHandles && options?.mode === 'read-only';
          if (file.writers.size > 0 || (!shared && file.readers.length > 0)) throw inUse(name);
          if (shared) file.readers.push(fate);
          else file.writers.add(fate);
          return {
            truncate: (size: number) =>
              fate.step(() => {
                const cut = new Uint8Array(size);
                cut.set(file.bytes.subarray(0, size));
                file.bytes = cut;
              }),
            write: (bytes: Uint8Array, { at }: { at: number }) =>
              fate.step(() => {
                const grown = new Uint8Array(Math.max(file.bytes.length, at + bytes.length));
                grown.set(file.bytes);
                grown.set(bytes, at);
                file.bytes = grown;
                return bytes.length;
              }),
            read: (into: Uint8Array, { at }: { at: number }) => {
              const part = file.bytes.subarray(at, at + into.length);
              into.set(part);
              return part.length;
            },
            getSize: () => file.bytes.length,
            flush: () =>
              fate.step(() => {
                file.flushed = file.bytes;
              }),
            close: () => {
              if (!shared) file.writers.delete(fate);
              else file.readers.splice(file.readers.indexOf(fate), 1);
            },
          };
        }),
      getFile: async () => ({ arrayBuffer: async () => file.bytes.slice().buffer }),
    };
  }

  #channel(fate: Fate): Channel {
    const listeners = new Set<(message: unknown) => void>();
    this.#listeners.set(fate, listeners);
    return {
      post: (message) => {
        for (const [page, others] of this.#listeners) {
          if (page === fate || fate.dead) continue;
          for (const listener of others) queueMicrotask(() => listener(structuredClone(message)));
        }
      },
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
  }
}

function faulty<Table extends string>(records: RecordStore<Table>, fate: Fate): RecordStore<Table> {
  return {
    read: (keys) => fate.later(() => records.read(keys)),
    readAll: (tables) => fate.later(() => records.readAll(tables)),
    write: (changes) => fate.later(() => records.write(changes)),
  };
}

function missing(name: string): DOMException {
  return new DOMException(`${name} is not there.`, 'NotFoundError');
}

function inUse(name: string): DOMException {
  return new DOMException(`${name} is in use.`, 'NoModificationAllowedError');
}
