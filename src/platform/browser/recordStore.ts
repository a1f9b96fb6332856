/** Records in IndexedDB. */
import { openDB } from 'idb';
import type { RecordStore } from '../storage';

/** The tables of the database `name`, which is made where it is missing. @throws where the browser keeps nothing */
export async function openRecords<Table extends string>(
  name: string,
  tables: readonly Table[],
): Promise<RecordStore<Table>> {
  const open = () =>
    openDB(name, 1, {
      upgrade(db) {
        for (const table of tables) db.createObjectStore(table);
      },
      // A later version of the page wants to change the tables: it must not wait for this one.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
  const db = await open();
  return {
    async read(keys) {
      const transaction = db.transaction([...new Set(keys.map(([table]) => table))]);
      return Promise.all(keys.map(([table, key]) => transaction.objectStore(table).get(key)));
    },
    async readAll(wanted) {
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
      const used = [...new Set(changes.map(({ table }) => table))];
      const transaction = db.transaction(used, 'readwrite', { durability: 'strict' });
      await Promise.all([
        ...changes.map(({ table, key, value }) => {
          const store = transaction.objectStore(table);
          return value === undefined ? store.delete(key) : store.put(value, key);
        }),
        transaction.done,
      ]);
    },
  };
}
