/** Storage that ends with its worker: for private windows in which nothing can be kept, and for tests. */
import { joinBytes } from './joinBytes';
import type { Channel, FileStore, Locks, ReadableFile, RecordChange, RecordStore, Storage } from './storage';

/** Storage of this worker alone; `problem` says why. */
export function memoryStorage<Table extends string>(channel: Channel, problem: string): Storage<Table> {
  const contents = new Map<string, Uint8Array[]>();
  return {
    files: memoryFiles(contents),
    records: memoryRecords(),
    locks: memoryLocks(),
    channel,
    space: {
      async estimate() {
        let used = 0;
        for (const chunks of contents.values()) for (const { length } of chunks) used += length;
        return { used, quota: null };
      },
      persisted: async () => null,
    },
    problem,
  };
}

/** Bytes as a file. */
export function readableBytes(bytes: Uint8Array): ReadableFile {
  return {
    size: bytes.length,
    read: (into, at) => into.set(bytes.subarray(at, at + into.length)),
    close: () => undefined,
  };
}

/** Files as chunks, in the order in which they were written; joined by whoever reads them. */
function memoryFiles(contents: Map<string, Uint8Array[]>): FileStore {
  return {
    list: async () => [...contents.keys()],
    async create(name) {
      const chunks: Uint8Array[] = [];
      contents.set(name, chunks);
      return {
        write: (bytes) => void chunks.push(bytes.slice()),
        finish: async () => undefined,
        abandon: async () => undefined,
      };
    },
    async open(name) {
      const chunks = contents.get(name);
      if (chunks === undefined) throw new DOMException(`There is no file ${name}.`, 'NotFoundError');
      const whole = chunks.length === 1 ? chunks[0]! : joinBytes(chunks);
      contents.set(name, [whole]);
      return readableBytes(whole);
    },
    remove: async (name) => void contents.delete(name),
  };
}

function memoryRecords<Table extends string>(): RecordStore<Table> {
  const tables = new Map<Table, Map<string, unknown>>();
  const tableOf = (table: Table) => {
    const found = tables.get(table) ?? new Map<string, unknown>();
    tables.set(table, found);
    return found;
  };
  const apply = ({ table, key, value }: RecordChange<Table>) => {
    if (value === undefined) tableOf(table).delete(key);
    else tableOf(table).set(key, structuredClone(value));
  };
  return {
    read: async (keys) => keys.map(([table, key]) => structuredClone(tableOf(table).get(key))),
    readAll: async (wanted) => wanted.map((table) => structuredClone([...tableOf(table)])),
    write: async (changes) => changes.forEach(apply),
  };
}

/** Locks among those who share this object. */
export function memoryLocks(): Locks {
  /** By name: when the last of those who asked for it will have let go. */
  const tails = new Map<string, Promise<unknown>>();
  const hold = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const turn = (tails.get(name) ?? Promise.resolve()).then(work);
    const tail = turn.catch(() => undefined);
    tails.set(name, tail);
    try {
      return await turn;
    } finally {
      if (tails.get(name) === tail) tails.delete(name);
    }
  };
  return {
    hold,
    holdIfFree: async (name, work) => (tails.has(name) ? null : hold(name, work)),
  };
}
