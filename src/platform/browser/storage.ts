/** What this browser offers for keeping data sets, to workers: OPFS, IndexedDB, Web Locks; memory where they are missing. */
import { messageOf } from '../errors';
import { memoryStorage } from '../memoryStorage';
import type { Channel, Locks, Storage, StorageSpace } from '../storage';
import { fileStoreIn } from './fileStore';
import { openRecords } from './recordStore';

/** One folder, database and channel of this origin. */
export interface StoragePlace<Table extends string> {
  /** Path below the root of the private file system. */
  folder: readonly string[];
  database: string;
  tables: readonly Table[];
  channel: string;
}

/** Never fails: where the browser keeps nothing, what comes back ends with this worker and says why. */
export async function browserStorage<Table extends string>(
  place: StoragePlace<Table>,
): Promise<Storage<Table>> {
  const channel = broadcastChannel(place.channel);
  try {
    if (!('locks' in navigator)) throw new Error('it offers no locks');
    return {
      files: fileStoreIn(await openFolder(place.folder)),
      records: await openRecords(place.database, place.tables),
      locks: webLocks,
      channel,
      space: browserSpace,
      problem: null,
    };
  } catch (thrown) {
    return memoryStorage(
      channel,
      `This browser keeps no data sets here, as in some private windows (${messageOf(thrown)}): they last until this page is closed.`,
    );
  }
}

async function openFolder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}

const webLocks: Locks = {
  hold: async (name, work) => navigator.locks.request(name, work),
  holdIfFree: async (name, work) =>
    navigator.locks.request(name, { ifAvailable: true }, async (lock) => (lock === null ? null : work())),
};

const browserSpace: StorageSpace = {
  async estimate() {
    const { usage, quota } = await navigator.storage.estimate();
    return { used: usage ?? 0, quota: quota ?? null };
  },
  persisted: () => navigator.storage.persisted(),
};

function broadcastChannel(name: string): Channel {
  const channel = new BroadcastChannel(name);
  return {
    post: (message) => channel.postMessage(message),
    listen(listener) {
      const heard = (event: MessageEvent<unknown>) => listener(event.data);
      channel.addEventListener('message', heard);
      return () => channel.removeEventListener('message', heard);
    },
  };
}
