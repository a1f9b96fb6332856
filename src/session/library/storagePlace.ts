/** Where the data sets lie in this browser: the same for every worker. */
import { type SetTable, setTables } from '../../dataset/storage/records';
import type { StoragePlace } from '../../platform/browser/storage';

export const storagePlace: StoragePlace<SetTable> = {
  folder: ['pawsaur', 'sets'],
  database: 'pawsaur-sets',
  tables: setTables,
  channel: 'pawsaur-sets',
};
