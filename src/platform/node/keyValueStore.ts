/** The key-value store of Node programs: one JSON file. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyValueStore } from '../keyValueStore';

/** A store in the file at `path`, which is made, with its folder, when the first value is set. */
export function fileStore(path: string): KeyValueStore {
  /** Writes follow each other, so that none loses another's value. */
  let last: Promise<void> = Promise.resolve();
  const read = async (): Promise<Record<string, unknown>> => {
    try {
      const values: unknown = JSON.parse(await readFile(path, 'utf8'));
      return values && typeof values === 'object' ? (values as Record<string, unknown>) : {};
    } catch {
      return {};
    }
  };
  const write = async (key: string, value: unknown) => {
    try {
      const values = { ...(await read()), [key]: value };
      await mkdir(dirname(path), { recursive: true });
      // Renamed into place: a reader never meets half a file.
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, JSON.stringify(values, null, 2));
      await rename(draft, path);
    } catch {
      // What cannot be kept is measured again next time.
    }
  };
  return {
    async get(key) {
      await last;
      const values = await read();
      return Object.hasOwn(values, key) ? values[key] : undefined;
    },
    set(key, value) {
      last = last.then(() => write(key, value));
      return last;
    },
  };
}
