import { describe, expect, it } from 'vitest';
import { memoryStorage } from '../../platform/memoryStorage';
import { FakeOrigin, type Misfortune } from '../../platform/testing/fakeOrigin';
import { borrowSet, lendSets } from './lending';
import { setTables } from './records';
import { type AddPictures, SetStore } from './setStore';
import { addSmall, shadeOf, side } from './testing/smallSets';

const megabyte = 2 ** 20;

async function pageOf(origin: FakeOrigin, misfortune: Misfortune | null = null) {
  const { storage, fate } = await origin.page(setTables, misfortune);
  return { store: new SetStore(storage), storage, fate };
}

async function setUp() {
  const origin = new FakeOrigin();
  const { store, storage } = await pageOf(origin);
  const { set } = await store.add(
    { name: 'pets', into: null },
    addSmall('pets', ['cat/1.png', 'dog/2.png'], ['dog/2.png']),
  );
  return { origin, store, storage, set };
}

/** A promise, and what fulfils it. */
function signal(): [Promise<void>, () => void] {
  let fulfil: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    fulfil = resolve;
  });
  return [promise, fulfil];
}

/** An import that waits in its middle until it is let go on. */
function haltingImport(): { add: AddPictures; halted: Promise<void>; goOn: () => void } {
  const [halted, halt] = signal();
  const [going, goOn] = signal();
  const add: AddPictures = async (sink, into) => {
    await sink.picture(new Uint8Array(side * side * 3).fill(shadeOf('a/1')));
    halt();
    await going;
    return addSmall('slow', ['a/1'])({ ...sink, picture: () => undefined, begin: () => undefined }, into);
  };
  return { add, halted, goOn };
}

describe('SetStore', () => {
  it('tells of a set what a list shows', async () => {
    const { set, store } = await setUp();
    expect(set).toMatchObject({ name: 'pets', revision: 1, size: side, count: 2, excluded: 0, classes: 2 });
    expect(set).toMatchObject({ masks: 1, heldOut: 0, skipped: 0, bytes: 2 * 48 + 16 });
    expect((await store.list()).sets).toEqual([set]);
    expect((await store.reports(set.id)).map(({ name }) => name)).toEqual(['pets']);
  });

  it('adds pictures below those that are there, and raises the revision', async () => {
    const { store, set } = await setUp();
    const { set: grown } = await store.add(
      { name: 'more', into: set.id },
      addSmall('more', ['fox/3.png', 'cat/1.png'], ['cat/1.png']),
    );
    expect(grown).toMatchObject({ id: set.id, name: 'pets', revision: 2, count: 4, classes: 3, masks: 2 });
    const opened = await store.open(set.id);
    expect(opened.index.names).toEqual(['cat/1.png', 'dog/2.png', 'fox/3.png', 'cat/1 (2).png']);
    expect(opened.index.classNames).toEqual(['cat', 'dog', 'fox']);
    expect([...opened.index.labels]).toEqual([0, 1, 2, 0]);
    expect([...opened.index.maskRows]).toEqual([-1, 0, -1, 1]);
    const shades = Array.from(opened.pixels.take([3, 2, 1, 0]), (pixel) => pixel & 255);
    expect(shades.filter((_, i) => i % (side * side) === 0)).toEqual(
      ['cat/1.png', 'fox/3.png', 'dog/2.png', 'cat/1.png'].map(shadeOf),
    );
    expect([0, 1, 2, 3].map((row) => opened.masks!.has(row))).toEqual([false, true, false, true]);
    expect([...opened.masks!.take([0, 3])].reduce((sum, value) => sum + value, 0)).toBe(side * side);
    expect((await store.reports(set.id)).length).toBe(2);
  });

  it('leaves pictures out without moving the others, and takes them in again', async () => {
    const { store, set } = await setUp();
    await store.exclude(set.id, Int32Array.of(1, 7, -1), true);
    const [left] = (await store.list()).sets;
    expect(left).toMatchObject({ revision: 2, count: 1, excluded: 1, masks: 0 });
    expect([...(await store.open(set.id)).index.excluded]).toEqual([0, 1]);
    await store.exclude(set.id, Int32Array.of(1), false);
    expect((await store.list()).sets[0]).toMatchObject({ revision: 3, count: 2, excluded: 0 });
  });

  it('says how much room there is before it writes anything', async () => {
    const { origin, store, set } = await setUp();
    origin.quota = origin.used + 3 * megabyte;
    const files = [...origin.files.keys()];
    const importing = store.add({ name: 'huge', into: null }, async (sink) => {
      await sink.begin?.({ size: 1024, pictures: 10, masks: 0 });
      throw new Error('It was let begin.');
    });
    await expect(importing).rejects.toMatchObject({
      code: 'library/no-space',
      message: expect.stringContaining('They need 30 MB; this browser has 3.0 MB left'),
    });
    expect([...origin.files.keys()]).toEqual(files);
    expect((await store.list()).sets).toEqual([set]);
  });

  it('takes room for all that may come, and gives back what did not', async () => {
    const { origin, store } = await setUp();
    const before = origin.used;
    const { set } = await store.add({ name: 'x', into: null }, async (sink, into) => {
      await sink.begin?.({ size: side, pictures: 100, masks: 0 });
      await sink.picture(new Uint8Array(side * side * 3).fill(shadeOf('a/1')));
      expect(origin.used - before).toBe(100 * side * side * 3);
      return addSmall('x', ['a/1'])({ picture: () => undefined, mask: () => undefined }, into);
    });
    expect(origin.used - before).toBe(set.bytes);
    expect((await store.open(set.id)).pixels.take([0])[0]! & 255).toBe(shadeOf('a/1'));
  });

  it('leaves no file and no trace of an import that failed or was given up', async () => {
    const { origin, store } = await setUp();
    const files = [...origin.files.keys()];
    const failing = store.add({ name: 'x', into: null }, async (sink) => {
      await sink.picture(new Uint8Array(48));
      await sink.mask(new Uint8Array(16));
      expect(origin.files.size).toBe(files.length + 2);
      throw new Error('no more');
    });
    await expect(failing).rejects.toMatchObject({ code: 'unexpected' });
    const giveUp = new AbortController();
    const given = store.add({ name: 'y', into: null, signal: giveUp.signal }, async (sink, into) => {
      const added = await addSmall('y', ['a/1'])(sink, into);
      giveUp.abort();
      return added;
    });
    await expect(given).rejects.toMatchObject({ code: 'aborted' });
    expect([...origin.files.keys()]).toEqual(files);
    await store.recover();
    expect((await store.list()).lost).toEqual([]);
  });

  it('leaves an import alone that goes on in another tab', async () => {
    const { origin, store } = await setUp();
    const other = await pageOf(origin);
    const { add, halted, goOn } = haltingImport();
    const importing = other.store.add({ name: 'slow', into: null }, add);
    await halted;
    await store.recover();
    expect((await store.list()).lost).toEqual([]);
    goOn();
    const { set } = await importing;
    await store.recover();
    expect((await store.open(set.id)).index.names).toEqual(['a/1']);
  });

  it('finds an import that dies in another tab while this one lives', async () => {
    const { origin, store } = await setUp();
    const dying = await pageOf(origin);
    const { add, halted, goOn } = haltingImport();
    const importing = dying.store.add({ name: 'slow', into: null }, add).catch(() => undefined);
    await halted;
    await store.recover();
    const changed = new Promise<void>((resolve) => {
      store.onChange(resolve);
    });
    origin.bury(dying.fate);
    goOn();
    await importing;
    await changed;
    const { lost } = await store.list();
    expect(lost).toMatchObject([{ name: 'slow' }]);
    await store.dismissLost(lost[0]!.id);
    expect((await store.list()).lost).toEqual([]);
  });

  it('tells other tabs of a change, and they read it', async () => {
    const { origin, store, set } = await setUp();
    const other = await pageOf(origin);
    const heard = new Promise<void>((resolve) => {
      other.store.onChange(resolve);
    });
    await store.rename(set.id, '__proto__');
    await heard;
    expect((await other.store.list()).sets[0]!.name).toBe('__proto__');
  });

  it('lets two tabs change a set at once, and keeps both changes', async () => {
    const { origin, store, set } = await setUp();
    const other = await pageOf(origin);
    await Promise.all([
      store.exclude(set.id, Int32Array.of(0), true),
      other.store.rename(set.id, 'renamed'),
      other.store.add({ name: 'more', into: set.id }, addSmall('more', ['cat/3.png'])),
    ]);
    expect((await store.list()).sets[0]).toMatchObject({
      name: 'renamed',
      revision: 3,
      count: 2,
      excluded: 1,
    });
  });

  it('is read by several at once, and goes on being read after it was removed', async () => {
    const { origin, store, set } = await setUp();
    const other = await pageOf(origin);
    const one = await store.open(set.id);
    const two = await other.store.open(set.id);
    await store.remove(set.id);
    expect((await store.list()).sets).toEqual([]);
    expect(two.pixels.take([0])[0]! & 255).toBe(shadeOf('cat/1.png'));
    await expect(store.open(set.id)).rejects.toMatchObject({ code: 'library/unknown-set' });
    for (const opened of [one, two]) {
      opened.pixels.close();
      opened.masks!.close();
    }
    await other.store.recover();
    expect(origin.files.size).toBe(0);
  });

  it('reads a set as a whole where handles cannot be shared', async () => {
    const { origin, set } = await setUp();
    origin.sharedHandles = false;
    const { store } = await pageOf(origin);
    const one = await store.open(set.id);
    const two = await store.open(set.id);
    expect(one.pixels.take([1])).toEqual(two.pixels.take([1]));
    expect(one.pixels.take([1])[0]! & 255).toBe(shadeOf('dog/2.png'));
  });

  it('says that a set is damaged whose file is cut short, and opens the others', async () => {
    const { origin, store, set } = await setUp();
    const { set: sound } = await store.add({ name: 'sound', into: null }, addSmall('sound', ['a/1']));
    const file = origin.files.get(`${set.parts[0]!.file}.rgb`)!;
    file.bytes = file.bytes.slice(0, 50);
    await expect(store.open(set.id)).rejects.toMatchObject({ code: 'library/damaged' });
    expect((await store.open(sound.id)).index.count).toBe(1);
  });

  it('leaves records alone that it cannot read, with all files that may be theirs', async () => {
    const { origin, storage, store, set } = await setUp();
    const strange = { ...set, id: 'later', parts: 'another format' };
    await storage.records.write([{ table: 'sets', key: 'later', value: strange }]);
    (await storage.files.create('unknown.rgb', 0)).abandon();
    await store.recover();
    expect((await store.list()).sets).toEqual([set]);
    expect(origin.files.has('unknown.rgb')).toBe(true);
  });

  it('keeps labels under keys that are anything', async () => {
    const { store } = await setUp();
    const labels = { classNames: ['constructor'], given: Int32Array.of(0, -1) };
    await store.keepLabels('__proto__', labels);
    expect(await store.labels('__proto__')).toEqual(labels);
    await store.keepLabels('__proto__', undefined);
    expect(await store.labels('__proto__')).toBeUndefined();
  });
});

describe('sets in memory', () => {
  it('are lent to another worker, with their masks', async () => {
    const origin = new FakeOrigin();
    const [mine, yours] = [await pageOf(origin), await pageOf(origin)];
    const storage = memoryStorage<(typeof setTables)[number]>(mine.storage.channel, 'private window');
    const store = new SetStore(storage);
    const { set } = await store.add(
      { name: 'pets', into: null },
      addSmall('pets', ['cat/1', 'cat/2'], ['cat/2']),
    );
    await store.add({ name: 'more', into: set.id }, addSmall('more', ['cat/3']));
    lendSets(storage);
    const borrowed = await borrowSet(yours.storage.channel, set.id);
    expect(borrowed).toMatchObject({ id: set.id, name: 'pets', revision: 2 });
    expect(borrowed.index.names).toEqual(['cat/1', 'cat/2', 'cat/3']);
    expect(borrowed.pixels.take([2])[0]! & 255).toBe(shadeOf('cat/3'));
    expect(borrowed.masks!.has(1)).toBe(true);
    await store.remove(set.id);
    expect(await storage.files.list()).toEqual([]);
  });
});
