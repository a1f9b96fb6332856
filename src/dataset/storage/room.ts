/** How much room there is for pictures, and what is said when there is none. */
import { asPawsaurError, messageOf, PawsaurError } from '../../platform/errors';
import type { StorageSpace } from '../../platform/storage';

/** @throws PawsaurError 'library/no-space' where `bytes` more would not fit */
export async function checkRoom(space: StorageSpace, bytes: number): Promise<void> {
  const { used, quota } = await space.estimate();
  if (quota !== null && bytes > quota - used) throw noRoom(bytes, Math.max(0, quota - used));
}

/** What went wrong while something was kept, as an error for a person. `bytes`: what was to be kept. */
export async function storageError(
  thrown: unknown,
  space: StorageSpace,
  bytes: number,
): Promise<PawsaurError> {
  if (!(thrown instanceof DOMException)) return asPawsaurError(thrown);
  if (thrown.name === 'AbortError') return asPawsaurError(thrown);
  if (thrown.name === 'QuotaExceededError') {
    const { used, quota } = await space.estimate().catch(() => ({ used: 0, quota: null }));
    const free = quota === null ? null : Math.max(0, quota - used);
    // Some browsers say how much there might be on another machine, so as not to give this one away.
    return noRoom(bytes, free !== null && free < bytes ? free : null, thrown);
  }
  return new PawsaurError(
    'library/storage',
    `This browser's storage failed (${messageOf(thrown)}).`,
    'Nothing of this was kept, all that was there before is. Try again, or start the browser anew.',
    { cause: thrown },
  );
}

function noRoom(bytes: number, free: number | null, cause?: unknown): PawsaurError {
  const need = bytes > 0 ? `They need ${megabytes(bytes)}` : 'More is needed than there is';
  const have = free === null ? '' : `; this browser has ${megabytes(free)} left for this page`;
  return new PawsaurError(
    'library/no-space',
    `There is no room for these pictures. ${need}${have}.`,
    'Nothing of them was kept, all that was there before is. Remove a data set, or free space on this device.',
    { cause },
  );
}

function megabytes(bytes: number): string {
  const mega = bytes / 2 ** 20;
  if (mega >= 1000) return `${(mega / 1024).toFixed(1)} GB`;
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} MB`;
}
