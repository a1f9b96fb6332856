import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fake from 'fake-indexeddb';
import { afterAll, describe, expect, it } from 'vitest';
import { browserStore } from './browser/keyValueStore';
import { type KeyValueStore, memoryStore } from './keyValueStore';
import { fileStore } from './node/keyValueStore';

// The package's own `auto` takes Node for a worker here, where the WebGPU set-up has left a `WorkerGlobalScope`.
const { default: _, ...classes } = fake;
Object.assign(globalThis, classes);

const folder = mkdtempSync(join(tmpdir(), 'pawsaur-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'deep', 'values.json');

const stores: Array<[string, () => KeyValueStore]> = [
  ['in IndexedDB', () => browserStore('test')],
  ['in a file', () => fileStore(path)],
];

describe.each(stores)('a key-value store %s', (_, open) => {
  it('keeps values for those who open it later, each under its key', async () => {
    const store = open();
    expect(await store.get('plan')).toBeUndefined();
    await Promise.all([store.set('plan', { variants: ['a', 'b'], budget: 2 }), store.set('other', 1)]);
    expect(await open().get('plan')).toEqual({ variants: ['a', 'b'], budget: 2 });
    expect(await open().get('other')).toBe(1);
    await store.set('plan', 'new');
    expect(await open().get('plan')).toBe('new');
    expect(await open().get('toString')).toBeUndefined();
  });
});

it('in a file, takes a broken file for an empty one', async () => {
  writeFileSync(path, '{"plan":');
  expect(await fileStore(path).get('plan')).toBeUndefined();
  await fileStore(path).set('plan', 3);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ plan: 3 });
});

it('goes on where nothing can be kept', async () => {
  const nowhere = fileStore('/dev/null/values.json');
  await nowhere.set('plan', 1);
  expect(await nowhere.get('plan')).toBeUndefined();
  const blocked = browserStore('blocked');
  const { open } = indexedDB;
  indexedDB.open = () => {
    throw new DOMException('not here', 'SecurityError');
  };
  await blocked.set('plan', 1);
  expect(await blocked.get('plan')).toBeUndefined();
  indexedDB.open = open;
  await blocked.set('plan', 2);
  expect(await blocked.get('plan')).toBe(2);
});

it('in memory, hands out copies', async () => {
  const store = memoryStore();
  const value = { n: 1 };
  await store.set('plan', value);
  value.n = 2;
  expect(await store.get('plan')).toEqual({ n: 1 });
  expect(await store.get('none')).toBeUndefined();
});
