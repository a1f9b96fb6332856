/**
 * What keeping data sets asks of its host, as ports: files for pixels, records for what is known of them, locks
 * and news between the tabs of one origin, and how much room there is. `browser/storage` has the real ones (OPFS,
 * IndexedDB, Web Locks), `memoryStorage` those that last as long as the page. Names of files and tables are made by
 * Pawsaur, never taken from a person's files.
 */

/** A new file, written from its start to its end. */
export interface FileWriter {
  /** @throws the host's QuotaExceededError when there is no room */
  write(bytes: Uint8Array<ArrayBuffer>): void | Promise<void>;
  /** Returns when what was written survives a crash; the file is closed then. */
  finish(): Promise<void>;
  /** Closes the file, whatever state it is in; never throws. */
  abandon(): Promise<void>;
}

/** A file of which any part can be read at once, by several readers. */
export interface ReadableFile {
  /** Bytes. */
  readonly size: number;
  /** Fills `into` from the byte `at` on; what lies beyond the end stays as it was. */
  read(into: Uint8Array<ArrayBuffer>, at: number): void;
  close(): void;
}

/** Files of this origin, in one folder. */
export interface FileStore {
  list(): Promise<string[]>;
  /**
   * Begins a file; one of that name is emptied first. Room for `expected` bytes is taken at once where the host can:
   * it may say less than the truth when it is asked how much there is.
   * @throws the host's QuotaExceededError when there is no room
   */
  create(name: string, expected: number): Promise<FileWriter>;
  /** @throws where there is no such file */
  open(name: string): Promise<ReadableFile>;
  /** Nothing happens where there is no such file. @throws where it is in use */
  remove(name: string): Promise<void>;
}

/** One change among those of a transaction: `value` is kept under `key`, or, undefined, forgotten. */
export interface RecordChange<Table extends string = string> {
  table: Table;
  key: string;
  value: unknown;
}

/** Tables of plain data. What comes out was once put in, perhaps by another version: check its shape. */
export interface RecordStore<Table extends string = string> {
  /** The values of these keys at one moment; undefined where there is none. */
  read(keys: readonly (readonly [Table, string])[]): Promise<unknown[]>;
  /** For each of the tables every key and value, at one moment. */
  readAll(tables: readonly Table[]): Promise<[key: string, value: unknown][][]>;
  /** All of the changes or none; returns when they survive a crash. */
  write(changes: readonly RecordChange<Table>[]): Promise<void>;
}

/** Locks that end with the tab or worker that holds them. */
export interface Locks {
  /** Waits for the lock `name`, and holds it until `work` has ended. */
  hold<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** As `hold` where nobody has the lock; else null at once. */
  holdIfFree<T>(name: string, work: () => Promise<T>): Promise<T | null>;
}

/** Messages to the other tabs and workers of this origin; never to oneself. */
export interface Channel {
  post(message: unknown): void;
  /** Returns the way to stop listening. Messages are untrusted: another version may have sent them. */
  listen(listener: (message: unknown) => void): () => void;
}

/** How much room there is. */
export interface StorageSpace {
  /** Bytes that this origin takes, and may take; null where the browser does not say. */
  estimate(): Promise<{ used: number; quota: number | null }>;
  /** Whether the browser promised to keep it all; null where it cannot say. */
  persisted(): Promise<boolean | null>;
}

/** Everything that is needed to keep data sets. */
export interface Storage<Table extends string = string> {
  files: FileStore;
  records: RecordStore<Table>;
  locks: Locks;
  channel: Channel;
  space: StorageSpace;
  /** Why it all ends with the page, as a sentence; null where it outlives it. */
  problem: string | null;
}
