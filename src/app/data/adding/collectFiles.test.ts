import { expect, it } from 'vitest';
import { fromDirectoryHandle, fromDrop, fromFileList } from './collectFiles';

const fileEntry = (name: string, readable = true) =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
      readable ? resolve(new File(['x'], name)) : reject(new DOMException('gone', 'NotFoundError')),
  }) as unknown as FileSystemEntry;

/** Hands its children out two at a time, as browsers do a hundred at a time. */
const folderEntry = (name: string, children: FileSystemEntry[]) =>
  ({
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => {
      const rest = [...children];
      return { readEntries: (resolve: (batch: FileSystemEntry[]) => void) => resolve(rest.splice(0, 2)) };
    },
  }) as unknown as FileSystemEntry;

it('walks a dropped folder to its end, its sub-folders as parts of the paths', async () => {
  const cats = folderEntry(
    'cat',
    ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'].map((name) => fileEntry(name)),
  );
  const folder = await fromDrop({ entries: [folderEntry('pets', [cats, fileEntry('flat.png')])], files: [] });
  expect(folder.name).toBe('pets');
  expect(folder.files.map(({ path }) => path)).toEqual([
    'pets/cat/a.jpg',
    'pets/cat/b.jpg',
    'pets/cat/c.jpg',
    'pets/cat/d.jpg',
    'pets/cat/e.jpg',
    'pets/flat.png',
  ]);
});

it('makes several dropped folders the classes of one set', async () => {
  const entries = [folderEntry('cat', [fileEntry('a.jpg')]), folderEntry('dog', [fileEntry('b.jpg')])];
  const folder = await fromDrop({ entries, files: [] });
  expect(folder.name).toBe('pictures');
  expect(folder.files.map(({ path }) => path)).toEqual(['cat/a.jpg', 'dog/b.jpg']);
});

it('passes on a file that cannot be opened as an empty one, to be listed, and keeps the others', async () => {
  const entries = [folderEntry('pets', [fileEntry('gone.jpg', false), fileEntry('here.jpg')])];
  const { files } = await fromDrop({ entries, files: [] });
  expect(files.map(({ path, file }) => [path, file.size])).toEqual([
    ['pets/gone.jpg', 0],
    ['pets/here.jpg', 1],
  ]);
});

it('takes the folder’s name from the paths of an input, and gives loose files a plain one', () => {
  const inFolder = new File(['x'], 'a.jpg');
  Object.defineProperty(inFolder, 'webkitRelativePath', { value: 'pets/cat/a.jpg' });
  expect(fromFileList([inFolder])).toMatchObject({ name: 'pets', files: [{ path: 'pets/cat/a.jpg' }] });
  expect(fromFileList([new File(['x'], 'b.jpg')])).toMatchObject({
    name: 'pictures',
    files: [{ path: 'b.jpg' }],
  });
});

it('walks a folder handle', async () => {
  const file = (name: string) => ({ kind: 'file', name, getFile: async () => new File(['x'], name) });
  const directory = (name: string, children: object[]) => ({
    kind: 'directory',
    name,
    values: async function* () {
      yield* children;
    },
  });
  const handle = directory('pets', [directory('cat', [file('a.jpg')]), file('b.jpg')]);
  const folder = await fromDirectoryHandle(handle as unknown as FileSystemDirectoryHandle);
  expect(folder.name).toBe('pets');
  expect(folder.files.map(({ path }) => path)).toEqual(['cat/a.jpg', 'b.jpg']);
});
