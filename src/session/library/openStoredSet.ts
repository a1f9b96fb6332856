/** Opens a set of this browser from any worker: the training worker reads what the library worker wrote. */
import { borrowSet } from '../../dataset/storage/lending';
import type { OpenedSet } from '../../dataset/storage/openedSet';
import { openSet } from '../../dataset/storage/openSet';
import type { SetStorage } from '../../dataset/storage/records';
import { browserStorage } from '../../platform/browser/storage';
import { storagePlace } from './storagePlace';

let storage: Promise<SetStorage> | null = null;

/** @throws PawsaurError 'library/unknown-set' or 'library/damaged' */
export async function openStoredSet(id: string): Promise<OpenedSet> {
  storage ??= browserStorage(storagePlace);
  const { records, files, channel, problem } = await storage;
  return problem === null ? openSet({ records, files }, id) : borrowSet(channel, id);
}
