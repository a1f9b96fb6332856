/** The key-value store of a page or worker, in IndexedDB. */
import { type IDBPDatabase, openDB } from 'idb';
import type { KeyValueStore } from '../keyValueStore';

const STORE = 'values';

/** A store in the database `name` of this origin. */
export function browserStore(name = 'pawsaur'): KeyValueStore {
  let opening: Promise<IDBPDatabase> | null = null;
  const database = () => {
    opening ??= openDB(name, 1, { upgrade: (db) => void db.createObjectStore(STORE) });
    // A failure (a private window, a blocked upgrade) is not kept: the next call tries again.
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  return {
    async get(key) {
      try {
        return await (await database()).get(STORE, key);
      } catch {
        return undefined;
      }
    },
    async set(key, value) {
      try {
        await (await database()).put(STORE, value, key);
      } catch {
        // What cannot be kept is measured again on the next visit.
      }
    },
  };
}
