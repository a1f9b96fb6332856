/**
 * Files in the origin private file system, for workers: written and read through synchronous access handles, the
 * only ones that can be read without waiting, as a training step needs it.
 */
import { readableBytes } from '../memoryStorage';
import type { FileStore, FileWriter, ReadableFile } from '../storage';

/** Handles as they are where the browser knows modes: read-only ones may be open several at once. */
interface SharedHandles {
  createSyncAccessHandle(options: { mode: 'read-only' }): Promise<FileSystemSyncAccessHandle>;
}

/** Asked of the interface, since where modes are not known the option is ignored, and the handle keeps others out. */
const knowsModes = () =>
  typeof FileSystemSyncAccessHandle === 'function' && 'mode' in FileSystemSyncAccessHandle.prototype;

/** The files of the folder `folder`; where handles cannot be `shared`, files are read into memory as a whole. */
export function fileStoreIn(folder: FileSystemDirectoryHandle, shared = knowsModes()): FileStore {
  return {
    async list() {
      const names: string[] = [];
      for await (const name of folder.keys()) names.push(name);
      return names;
    },
    async create(name, expected) {
      const file = await folder.getFileHandle(name, { create: true });
      return 'createSyncAccessHandle' in file ? writeAtOnce(file, expected) : writeLater(file);
    },
    open: async (name) => openToRead(await folder.getFileHandle(name), shared),
    async remove(name) {
      try {
        await folder.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  };
}

async function writeAtOnce(file: FileSystemFileHandle, expected: number): Promise<FileWriter> {
  const handle = await file.createSyncAccessHandle();
  let at = 0;
  try {
    handle.truncate(0);
    handle.truncate(expected);
  } catch (error) {
    handle.close();
    throw error;
  }
  return {
    write(bytes) {
      const written = handle.write(bytes, { at });
      if (written < bytes.length) throw new DOMException('The file took only a part.', 'QuotaExceededError');
      at += written;
    },
    async finish() {
      handle.truncate(at);
      handle.flush();
      handle.close();
    },
    async abandon() {
      try {
        handle.close();
      } catch {
        // It could not be written; what is left of it is removed by whoever abandons it.
      }
    },
  };
}

/** For browsers without such handles: what is written shows when the stream is closed. */
async function writeLater(file: FileSystemFileHandle): Promise<FileWriter> {
  const stream = await file.createWritable();
  return {
    write: (bytes) => stream.write(bytes),
    finish: () => stream.close(),
    abandon: () => stream.abort().catch(() => undefined),
  };
}

async function openToRead(file: FileSystemFileHandle, shared: boolean): Promise<ReadableFile> {
  if (!shared) return readableBytes(new Uint8Array(await (await file.getFile()).arrayBuffer()));
  const handle = await (file as SharedHandles).createSyncAccessHandle({ mode: 'read-only' });
  return {
    size: handle.getSize(),
    read: (into, at) => void handle.read(into, { at }),
    close: () => handle.close(),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
