/**
 * Folders as the browser hands them over, whichever way they came, turned into one list of files with their
 * paths. Nothing is read here: what is no picture is told apart, with its reason, when the worker reads it.
 */

import type { Dropped } from './dropContents';

/** One file of a folder, its path relative to it: `class/picture.jpg`. */
interface FolderFile {
  path: string;
  file: File;
}

/** Files as they were chosen together, and what they are called. */
export interface Folder {
  name: string;
  files: FolderFile[];
}

/** Name of a set whose files came without a folder. */
const looseName = 'pictures';

/** A single archive names its set. */
const archive = /\.(zip|tar|tgz|tar\.gz|bin|gz)$/i;

function nameOfLoose(files: readonly File[]): string {
  const [first] = files;
  if (files.length !== 1 || first === undefined || !archive.test(first.name)) return looseName;
  return first.name.replace(archive, '') || looseName;
}

/** From `showDirectoryPicker`. */
export async function fromDirectoryHandle(handle: FileSystemDirectoryHandle): Promise<Folder> {
  const files: FolderFile[] = [];
  const walk = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    for await (const entry of directory.values()) {
      const path = `${prefix}${entry.name}`;
      if (isDirectory(entry)) await walk(entry, `${path}/`);
      else if (isFile(entry)) files.push({ path, file: await entry.getFile().catch(() => unreadable(path)) });
    }
  };
  await walk(handle, '');
  return { name: handle.name, files };
}

const isDirectory = (entry: FileSystemHandle): entry is FileSystemDirectoryHandle =>
  entry.kind === 'directory';
const isFile = (entry: FileSystemHandle): entry is FileSystemFileHandle => entry.kind === 'file';

/** Stands for a file that the system will not open: the worker lists it as empty, and the rest are read. */
const unreadable = (path: string) => new File([], path);

/** From `<input type="file">`, of a folder (`webkitdirectory`) or of single files. */
export function fromFileList(list: Iterable<File>): Folder {
  const files = [...list];
  const root = files[0]?.webkitRelativePath?.split('/')[0] ?? '';
  return {
    name: root === '' ? nameOfLoose(files) : root,
    files: files.map((file) => ({ path: file.webkitRelativePath || file.name, file })),
  };
}

/** From a drop: one folder is taken as it is, several become the classes of one set, loose files are a flat set. */
export async function fromDrop({ entries, files }: Dropped): Promise<Folder> {
  if (entries.length === 0) return fromFileList(files);
  const found: FolderFile[] = [];
  for (const entry of entries) await walkEntry(entry, '', found);
  const [first] = entries;
  const single = entries.length === 1 && first?.isDirectory === true;
  return { name: single ? first.name : nameOfLoose(found.map(({ file }) => file)), files: found };
}

async function walkEntry(entry: FileSystemEntry, prefix: string, found: FolderFile[]): Promise<void> {
  const path = `${prefix}${entry.name}`;
  if (entry.isDirectory) {
    for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
      await walkEntry(child, `${path}/`, found);
    }
  } else {
    found.push({ path, file: await fileOf(entry as FileSystemFileEntry).catch(() => unreadable(path)) });
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** All children of a dropped folder; browsers hand them out a hundred at a time. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}
