/** The folders that the scripts share. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** What scripts unpack and write; ignored by git, safe to delete. */
export const cache = join(root, '.cache');
/** The built page. */
export const dist = join(root, 'dist');
