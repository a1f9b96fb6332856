import { describe, expect, it } from 'vitest';
import { PawsaurError } from '../../platform/errors';
import { FakeOrigin, type Misfortune } from '../../platform/testing/fakeOrigin';
import { setTables } from './records';
import { SetStore } from './setStore';
import { addSmall, shadeOf } from './testing/smallSets';

let ids = 0;
const newId = () => `id-${++ids}`;

async function pageOf(origin: FakeOrigin, misfortune: Misfortune | null = null) {
  const { storage, fate } = await origin.page(setTables, misfortune);
  return { store: new SetStore(storage, newId), fate, storage };
}

/** Everything that is kept: sets with their pictures, as one text. */
async function kept(store: SetStore): Promise<string[]> {
  const { sets } = await store.list();
  const texts = await Promise.all(
    sets.map(async ({ id }) => {
      const set = await store.open(id);
      const { names, count, excluded } = set.index;
      const rows = Int32Array.from({ length: count }, (_, i) => i);
      const pixels = set.pixels.take(rows);
      const masks = set.masks?.take(rows);
      const pictures = names.map((name, i) => {
        const area = set.index.size ** 2;
        const shade = shadeOf(name);
        const grey = (shade | (shade << 8) | (shade << 16) | (255 << 24)) >>> 0;
        expect(pixels.subarray(i * area, (i + 1) * area).every((pixel) => pixel === grey)).toBe(true);
        return `${name}${excluded[i] ? ' (left out)' : ''}${masks?.[i * area] ? ' (mask)' : ''}`;
      });
      set.pixels.close();
      set.masks?.close();
      expect((await store.reports(id)).flatMap(({ lines }) => lines).length).toBe(count);
      return `${id} ${set.name}: ${pictures.join(', ')}`;
    }),
  );
  return texts.sort();
}

/** Files of all sets that are there. */
async function filesOf(store: SetStore): Promise<string[]> {
  const { sets } = await store.list();
  return sets
    .flatMap(({ parts }) =>
      parts.flatMap(({ file, masks }) => [`${file}.rgb`, ...(masks > 0 ? [`${file}.mask`] : [])]),
    )
    .sort();
}

type Deed = (store: SetStore, set: string) => Promise<unknown>;

const deeds = new Map<string, Deed>([
  [
    'a new set is imported',
    (store) =>
      store.add({ name: 'new', into: null }, addSmall('new', ['cat/x.png', 'dog/y.png'], ['dog/y.png'])),
  ],
  [
    'pictures are added to a set',
    (store, set) =>
      store.add({ name: 'more', into: set }, addSmall('more', ['cat/3.png', 'fox/4.png'], ['fox/4.png'])),
  ],
  ['a set is removed', (store, set) => store.remove(set)],
  ['pictures are left out', (store, set) => store.exclude(set, Int32Array.of(1), true)],
  ['a set is renamed', (store, set) => store.rename(set, 'renamed')],
  ['the library starts', (store) => store.recover()],
]);

/** An origin with a set of two pictures, and the rest of an import that died. */
async function prepared() {
  ids = 0;
  const origin = new FakeOrigin();
  const { store } = await pageOf(origin);
  const { set } = await store.add(
    { name: 'first', into: null },
    addSmall('first', ['cat/1.png', 'dog/2.png'], ['cat/1.png']),
  );
  await store.add({ name: 'second', into: null }, addSmall('second', ['cat/5.png']));
  const dying = await pageOf(origin, { at: 7, kind: 'dies before' });
  await dying.store
    .add({ name: 'dead', into: null }, addSmall('dead', ['cat/8.png', 'cat/9.png']))
    .catch(() => undefined);
  origin.bury(dying.fate);
  return { origin, set: set.id };
}

describe.each([...deeds])('when %s', (_, deed) => {
  it.each(['dies before', 'dies after'] as const)(
    'and the page %s any operation, the state of before or after is there',
    async (kind) => {
      for (let at = 1; ; at++) {
        const { origin, set } = await prepared();
        const before = await kept((await pageOf(origin)).store);
        const { store, fate } = await pageOf(origin, { at, kind });
        const outcome = await deed(store, set).then(
          () => 'done',
          () => 'failed',
        );
        const survived = !fate.dead;
        origin.bury(fate);

        const { store: next } = await pageOf(origin);
        await next.recover();
        const after = await kept(next);
        expect([...origin.files.keys()].sort()).toEqual(await filesOf(next));
        const { lost } = await next.list();
        expect(lost.map(({ name }) => name)).toContain('dead');
        if (survived) {
          expect(outcome).toBe('done');
          expect(at).toBeGreaterThan(1);
          break;
        }
        if (after.join() !== before.join()) {
          const whole = await prepared();
          const { store: other } = await pageOf(whole.origin);
          await deed(other, whole.set);
          expect(after).toEqual(await kept(other));
        }
        const { set: added } = await next.add({ name: 'next', into: null }, addSmall('next', ['owl/1.png']));
        expect(added.count).toBe(1);
        expect((await kept(next)).length).toBe(after.length + 1);
      }
    },
  );

  it('and any operation finds no room, all of before is there, and the next try succeeds', async () => {
    for (let at = 1; ; at++) {
      const { origin, set } = await prepared();
      const before = await kept((await pageOf(origin)).store);
      const { store, fate } = await pageOf(origin, { at, kind: 'no room' });
      const error: unknown = await deed(store, set).then(
        () => null,
        (thrown) => thrown,
      );
      if (error !== null) {
        if (error instanceof PawsaurError) expect(error.code).toBe('library/no-space');
        expect(await kept(store)).toEqual(before);
        expect((await store.list()).sets.length).toBe(before.length);
        await deed(store, set);
      }
      const { store: next } = await pageOf(origin);
      await next.recover();
      expect([...origin.files.keys()].sort()).toEqual(await filesOf(next));
      if (fate.operations < at) break;
    }
  });
});
