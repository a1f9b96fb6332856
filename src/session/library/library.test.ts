import { describe, expect, it } from 'vitest';
import { importPictures } from '../../dataset/importing/importPictures';
import { memorySink } from '../../dataset/importing/pictureSink';
import { localReader } from '../../dataset/reading/localReader';
import type { PictureReader } from '../../dataset/reading/pictureReader';
import { setTables } from '../../dataset/storage/records';
import { nodeImageDecoder } from '../../platform/node/imageDecoder';
import { FakeOrigin } from '../../platform/testing/fakeOrigin';
import { encodePicture } from '../../platform/testing/pictures';
import type { PortHandlers } from '../workerPort';
import { Librarian } from './librarian';
import type { LibraryProgress } from './library';
import { LibraryClient } from './libraryClient';
import { type LibraryScope, serveLibrary } from './serveLibrary';

type Listener = (event: { data: unknown }) => void;

/** Joins a client to a library in this thread; messages are copied as they are between workers. */
function joined(origin: FakeOrigin, openReader: () => PictureReader = () => localReader(nodeImageDecoder)) {
  const posted: unknown[] = [];
  let handlers: PortHandlers | undefined;
  const open = (given: PortHandlers) => {
    handlers = given;
    const listeners: Listener[] = [];
    const scope: LibraryScope = {
      postMessage: (message) => {
        posted.push(message);
        const copy = structuredClone(message);
        queueMicrotask(() => given.message(copy));
      },
      addEventListener: (type: string, listener: Listener | ((event: never) => void)) => {
        if (type === 'message') listeners.push(listener as Listener);
      },
    };
    serveLibrary(scope, async (emit) => {
      const { storage } = await origin.page(setTables);
      return Librarian.start({ storage, openReader }, emit);
    });
    return {
      post: (command: unknown) => {
        const data = structuredClone(command);
        queueMicrotask(() => {
          for (const listener of listeners) listener({ data });
        });
      },
      close: () => undefined,
    };
  };
  const client = new LibraryClient({ openPort: open, persist: async () => true });
  return { client, posted, die: (reason: string) => handlers?.failed(reason) };
}

async function files(count = 4) {
  const list = [];
  for (let i = 0; i < count; i++) {
    const png = await encodePicture('png', { width: 20, height: 20, colour: [10 * i, 5, 200] });
    list.push({ path: `pets/${i % 2 ? 'dog' : 'cat'}/${i}.png`, file: new Blob([png.slice()]) });
  }
  return list;
}

async function withPets(openReader?: () => PictureReader) {
  const origin = new FakeOrigin();
  const library = joined(origin, openReader);
  const outcome = await library.client.importFiles({ name: 'pets (2)', files: await files(), size: 16 }).done;
  if (!outcome.ok) throw new Error(outcome.error.message);
  return { origin, ...library, set: outcome.set, report: outcome.report };
}

/** A reader that reads nothing until it is let. */
function stoppedReader() {
  const local = localReader(nodeImageDecoder);
  const waiting: (() => void)[] = [];
  let open = false;
  const reader: PictureReader = {
    ...local,
    async read(task) {
      if (!open) await new Promise<void>((resolve) => waiting.push(resolve));
      return local.read(task);
    },
  };
  const goOn = () => {
    open = true;
    for (const resolve of waiting) resolve();
  };
  return { reader, goOn, waiting };
}

const until = async (passes: () => boolean) => {
  while (!passes()) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe('the library', () => {
  it('lists its sets once it is connected', async () => {
    const { client } = joined(new FakeOrigin());
    client.connect();
    expect(client.getState().connection).toBe('starting');
    await until(() => client.getState().connection === 'ready');
    expect(client.getState()).toMatchObject({ sets: [], lost: [], storage: { problem: null } });
  });

  it('imports pictures under the name that the page gives, and tells how far it is', async () => {
    const { client } = joined(new FakeOrigin());
    const told: LibraryProgress[] = [];
    const line = { path: 'clip.mp4', outcome: 'skipped', reason: 'damaged', detail: 'cut short' } as const;
    const request = { name: 'pets (2)', files: await files(), lines: [line] };
    const outcome = await client.importFiles(request, (progress) => told.push(progress)).done;
    expect(outcome).toMatchObject({
      ok: true,
      set: { name: 'pets (2)', count: 4, classes: 2, size: 80, skipped: 1 },
      report: { name: 'pets (2)' },
    });
    expect(outcome.report?.lines).toContainEqual(line);
    expect(told.map(({ stage }) => stage)).toEqual(expect.arrayContaining(['reading', 'writing']));
    expect(client.getState().sets).toMatchObject([{ name: 'pets (2)' }]);
  });

  it('takes the first folder for the one chosen where the set bears its name or folders lie in it, else for a class', async () => {
    const { client } = joined(new FakeOrigin());
    const [one] = await files(1);
    const classesOf = async (name: string, path: string) => {
      const outcome = await client.importFiles({ name, files: [{ ...one!, path }] }).done;
      return outcome.ok ? (await client.columns(outcome.set.id)).classNames : outcome.error;
    };
    expect(await classesOf('fox', 'fox/1.png')).toEqual([]);
    expect(await classesOf('fox (12)', 'fox/1.png')).toEqual([]);
    expect(await classesOf('camera', 'fox/1.png')).toEqual(['fox']);
    expect(await classesOf('camera', 'photos of today/fox/1.png')).toEqual(['fox']);
  });

  it('tells why nothing came in, file by file', async () => {
    const { client } = joined(new FakeOrigin());
    const outcome = await client.importFiles({
      name: 'notes',
      files: [{ path: 'notes/a.txt', file: new Blob(['hello']) }],
    }).done;
    expect(outcome).toMatchObject({ ok: false, error: { code: 'import/no-images' } });
    expect(outcome.report?.lines).toMatchObject([{ outcome: 'skipped', reason: 'not-an-image' }]);
    expect(client.getState().sets).toEqual([]);
  });

  it('has one import at a time; one that waits is given up at once, one that goes leaves nothing', async () => {
    const { reader, goOn, waiting } = stoppedReader();
    const origin = new FakeOrigin();
    const { client } = joined(origin, () => reader);
    const first = client.importFiles({ name: 'first', files: await files() });
    const second = client.importFiles({ name: 'second', files: await files() });
    const third = client.importFiles({ name: 'third', files: await files() });
    await until(() => waiting.length > 0);
    second.cancel();
    expect(await second.done).toMatchObject({ ok: false, error: { code: 'aborted' }, report: null });
    first.cancel();
    goOn();
    expect(await first.done).toMatchObject({ ok: false, error: { code: 'aborted' } });
    expect(await third.done).toMatchObject({ ok: true });
    expect(client.getState().sets.map(({ name }) => name)).toEqual(['third']);
    expect(origin.files.size).toBe(1);
  });

  it('adds to a set in its size, whatever the page asks for', async () => {
    const { client, set } = await withPets();
    const more = [{ path: 'fox/1.png', file: (await files(1))[0]!.file }];
    const outcome = await client.importFiles({ name: 'pets', files: more, into: set.id, size: 64 }).done;
    expect(outcome).toMatchObject({
      ok: true,
      set: { id: set.id, size: 16, count: 5, classes: 3, revision: 2 },
    });
    expect((await client.reports(set.id)).length).toBe(2);
  });

  it('gives the columns of a set, with what is there twice', async () => {
    const { client, set } = await withPets();
    await client.importFiles({ name: 'pets', files: (await files()).slice(0, 1), into: set.id }).done;
    await client.exclude(set.id, Int32Array.of(1), true);
    const columns = await client.columns(set.id);
    expect(columns).toMatchObject({ set: set.id, revision: 3, classNames: ['cat', 'dog'] });
    expect(columns.names.length).toBe(5);
    expect([...columns.excluded].reduce((sum, flag) => sum + flag, 0)).toBe(1);
    const twice = [...columns.exactGroups.keys()].filter((row) => columns.exactGroups[row] === 0);
    expect(twice.map((row) => columns.names[row])).toEqual([
      expect.stringContaining('0.png'),
      expect.anything(),
    ]);
    expect([...columns.hasMask]).toEqual([0, 0, 0, 0, 0]);
  });

  it('renames and removes sets', async () => {
    const { client, set, origin } = await withPets();
    await client.rename(set.id, '<b>cats</b>');
    expect(client.getState().sets).toMatchObject([{ name: '<b>cats</b>' }]);
    await client.remove(set.id);
    expect(client.getState().sets).toEqual([]);
    expect(origin.files.size).toBe(0);
    await expect(client.columns(set.id)).rejects.toMatchObject({ code: 'library/unknown-set' });
  });

  it('keeps labels by hand', async () => {
    const { client } = joined(new FakeOrigin());
    const labels = { classNames: ['a'], given: Int32Array.of(0, -1), truth: Int32Array.of(-1, 0) };
    await client.keepLabels('set', labels);
    expect(await client.labels('set')).toEqual(labels);
    await client.keepLabels('set', null);
    expect(await client.labels('set')).toBeNull();
  });

  it('packs a stored set, which comes back as it was', async () => {
    const { client, set } = await withPets();
    const told: LibraryProgress[] = [];
    const { fileName, file } = await client.exportSet(set.id, (progress) => told.push(progress)).done;
    expect(fileName).toBe('pets (2).zip');
    expect(told[0]).toEqual({ stage: 'packing', done: 1, total: 4 });
    const request = { name: 'copy', files: [{ path: fileName, file }] };
    const same = { size: 16, count: 4, classes: 2 };
    const beside = await client.importFiles(request).done;
    expect(beside).toMatchObject({ ok: true, set: { name: 'copy', ...same } });
    await client.remove(set.id);
    const again = await client.importFiles(request).done;
    expect(again).toMatchObject({ ok: true, set: { name: 'pets (2)', ...same } });
  });

  it('packs a built-in set with its masks and split', async () => {
    const { client } = joined(new FakeOrigin());
    const what = {
      name: 'confetti' as const,
      seed: 3,
      params: { train_pictures: 60, held_out_pictures: 20 },
    };
    const { fileName, file } = await client.exportSet(what).done;
    expect(fileName).toBe('confetti.zip');
    const sink = memorySink();
    const { index } = await importPictures([{ path: fileName, bytes: async () => file }], {
      reader: localReader(nodeImageDecoder),
      sink,
    });
    expect(index).toMatchObject({ count: 80, size: 64 });
    expect([...index.split].filter((side) => side === 1).length).toBe(20);
    expect([...index.maskRows].every((row) => row >= 0)).toBe(true);
    expect(new Set(index.names)).toContain('confetti 17');
  });

  it('shows the first pictures of a built-in set, and says which settings there are none of', async () => {
    const { client } = joined(new FakeOrigin());
    const preview = await client.preview({ name: 'grey', seed: 0, params: {} }, 6);
    expect(preview.labels.length).toBe(6);
    expect(preview.pixels.length).toBe(6 * preview.size ** 2 * 4);
    const strange = client.preview({ name: 'grey', seed: 0, params: { toString: 1 } }, 6);
    await expect(strange).rejects.toMatchObject({ code: 'data/unknown-setting' });
  });

  it('gives up packing when asked', async () => {
    const { client } = joined(new FakeOrigin());
    const packing = client.exportSet({ name: 'noise', seed: 0, params: {} });
    packing.cancel();
    await expect(packing.done).rejects.toMatchObject({ code: 'aborted' });
  });

  it('hears of sets that come in through another tab', async () => {
    const origin = new FakeOrigin();
    const [here, there] = [joined(origin), joined(origin)];
    here.client.connect();
    await there.client.importFiles({ name: 'theirs', files: await files() }).done;
    await until(() => here.client.getState().sets[0]?.name === 'theirs');
  });

  it('tells when its worker dies, and starts anew when asked', async () => {
    const { reader } = stoppedReader();
    const { client, die } = joined(new FakeOrigin(), () => reader);
    const importing = client.importFiles({ name: 'pets', files: await files() });
    const asked = client.reports('x');
    die('Out of memory.');
    expect(client.getState()).toMatchObject({
      connection: 'dead',
      error: { code: 'library/worker-dead', message: expect.stringContaining('Out of memory.') },
    });
    expect(await importing.done).toMatchObject({ ok: false, error: { code: 'library/worker-dead' } });
    await expect(asked).rejects.toMatchObject({ code: 'library/worker-dead' });
    client.connect();
    await until(() => client.getState().connection === 'ready');
    expect(client.getState().error).toBeNull();
  });

  it('says so when it cannot start', async () => {
    const client = new LibraryClient({
      openPort: () => {
        throw new Error('no workers here');
      },
    });
    client.connect();
    expect(client.getState()).toMatchObject({ connection: 'dead' });
    await expect(client.remove('x')).rejects.toMatchObject({ code: 'library/worker-dead' });
  });

  it('ignores what does not fit the protocol', async () => {
    const events: unknown[] = [];
    let listener: Listener = () => undefined;
    serveLibrary(
      {
        postMessage: (message) => events.push(message),
        addEventListener: (type: string, heard: Listener | ((event: never) => void)) => {
          if (type === 'message') listener = heard as Listener;
        },
      },
      async () => {
        throw new Error('not asked');
      },
    );
    listener({ data: { type: 'remove', id: 1, set: 7 } });
    expect(events).toMatchObject([{ type: 'error', replyTo: 1, error: { code: 'session/protocol' } }]);
    listener({ data: null });
    expect(events[1]).toMatchObject({ type: 'error', replyTo: undefined });
  });

  it('tells who waits for it that a command does not fit', async () => {
    const { client, set } = await withPets();
    await expect(client.rename(set.id, 'x'.repeat(1001))).rejects.toMatchObject({ code: 'session/protocol' });
  });

  it('adds to a set whose name is longer than one may type', async () => {
    const { client } = await withPets();
    const name = 'long '.repeat(400);
    const outcome = await client.importFiles({ name, files: await files(), size: 16 }).done;
    expect(outcome).toMatchObject({ ok: true });
  });
});
