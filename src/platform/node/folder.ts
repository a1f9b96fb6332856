/** Lists the files of a folder on disk, for headless runs and tests. Never part of the page. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { messageOf, PawsaurError } from '../errors';
import type { FolderFile } from '../files';

/**
 * All files below `folder`, paths beginning with its own name, in no particular order. Linked files are
 * followed, linked folders are not (they may lead in circles). Throws 'folder/unreadable'.
 */
export async function listFolder(folder: string): Promise<FolderFile[]> {
  const root = resolve(folder);
  try {
    return await filesBelow(root, basename(root));
  } catch (cause) {
    throw new PawsaurError(
      'folder/unreadable',
      `The folder ${folder} cannot be read: ${messageOf(cause)}.`,
      'Check the path and your right to read it.',
      { cause },
    );
  }
}

async function filesBelow(folder: string, path: string): Promise<FolderFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const onDisk = join(folder, entry.name);
      const inside = `${path}/${entry.name}`;
      if (entry.isDirectory()) return filesBelow(onDisk, inside);
      if (!entry.isFile() && !(entry.isSymbolicLink() && (await leadsToFile(onDisk)))) return [];
      return [{ path: inside, bytes: () => readFile(onDisk) }];
    }),
  );
  return nested.flat();
}

/** A broken link counts as a file, so that it is listed with its reason. */
function leadsToFile(link: string): Promise<boolean> {
  return stat(link).then(
    (target) => target.isFile(),
    () => true,
  );
}
