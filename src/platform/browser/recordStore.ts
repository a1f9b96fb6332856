/** Records in IndexedDB. */
import { type IDBPDatabase, openDB } from 'idb';
import type { RecordStore } from '../storage';

/** The tables of the database `name`, which is made where it is missing. @throws where the browser keeps nothing */
export async function openRecords<Table extends string>(
  name: string,
  tables: readonly Table[],
): Promise<RecordStore<Table>> {
  let opening: Promise<IDBPDatabase> | null = null;
  const database = () => {
    opening ??= openDB(name, 1, {
      upgrade(db) {
        for (const table of tables) db.createObjectStore(table);
      },
      // A later version of the page wants to change the tables: it must not wait for this one.
      blocking(_current, _wanted, event) {
        opening = null;
        (event.target as IDBDatabase).close();
      },
      terminated() {
        opening = null;
      },
    });
    opening.catch(() => {
      opening = null;
    });
    return opening;
  };
  await database();
  return {
    async read(keys) {
      const db = await database();
      const transaction = db.transaction([...new Set(keys.map(([table]) => table))]);
      return Promise.all(keys.map(([table, key]) => transaction.objectStore(table).get(key)));
    },
    async readAll(wanted) {
      const db = await database();
      const transaction = db.transaction([...wanted]);
      return Promise.all(
        wanted.map(async (table) => {
          const store = transaction.objectStore(table);
          const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
          return keys.map((key, i): [string, unknown] => [String(key), values[i]]);
        }),
      );
    },
    async write(changes) {
      const db = await database();
      const used = [...new Set(changes.map(({ table }) => table))];
      const transaction = db.transaction(used, 'readwrite', { durability: 'strict' });
      const done = transaction.done;
      done.catch(() => undefined);
      try {
        await Promise.all(
          changes.map(({ table, key, value }) => {
            const store = transaction.objectStore(table);
            return value === undefined ? store.delete(key) : store.put(value, key);
          }),
        );
      } catch (error) {
        // A value that cannot be kept throws before its request is made, and would leave the others to succeed.
        if (transaction.error === null) abort(transaction);
        await done.catch(() => undefined);
        throw error;
      }
      await done;
    },
  };
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
