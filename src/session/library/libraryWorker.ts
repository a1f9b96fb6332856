/** The library worker: the data sets of this browser. Everything it does is in the files around it. */
import { lendSets } from '../../dataset/storage/lending';
import { browserStorage } from '../../platform/browser/storage';
import { createDecodePool } from './decodePool';
import { Librarian } from './librarian';
import { serveLibrary } from './serveLibrary';
import { storagePlace } from './storagePlace';

serveLibrary(self, async (emit) => {
  const storage = await browserStorage(storagePlace);
  if (storage.problem !== null) lendSets(storage);
  return Librarian.start({ storage, openReader: createDecodePool }, emit);
});
