import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listFolder } from './folder';

let root = '';

beforeAll(async () => {
  root = join(await mkdtemp(join(tmpdir(), 'pawsaur-')), 'pets');
  await mkdir(join(root, 'cat', 'kitten'), { recursive: true });
  await writeFile(join(root, 'cat', 'one.jpg'), 'meow');
  await writeFile(join(root, 'cat', 'kitten', 'été 😺.png'), 'mew');
  await symlink(join(root, 'cat', 'one.jpg'), join(root, 'link.jpg'));
  await symlink(root, join(root, 'circle'));
  await symlink(join(root, 'gone.jpg'), join(root, 'broken.jpg'));
});

afterAll(() => rm(join(root, '..'), { recursive: true }));

describe('listFolder', () => {
  it('lists files at every depth below the folder’s own name, and goes in no circles', async () => {
    const files = await listFolder(root);
    const paths = files.map((file) => file.path).sort();
    expect(paths).toEqual([
      'pets/broken.jpg',
      'pets/cat/kitten/été 😺.png',
      'pets/cat/one.jpg',
      'pets/link.jpg',
    ]);
    const linked = await files.find((file) => file.path === 'pets/link.jpg')!.bytes();
    expect(Buffer.from(linked as Uint8Array).toString()).toBe('meow');
  });

  it('names a folder given with a trailing slash or as a relative path', async () => {
    const [file] = await listFolder(`${root}/cat/kitten/`);
    expect(file!.path).toBe('kitten/été 😺.png');
    const here = await listFolder('./src/platform/node');
    expect(here.every(({ path }) => path.startsWith('node/'))).toBe(true);
  });

  it('says so when there is no such folder', async () => {
    await expect(listFolder(join(root, 'dogs'))).rejects.toMatchObject({
      code: 'folder/unreadable',
      message: expect.stringContaining('dogs'),
    });
  });
});
