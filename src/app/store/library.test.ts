import { waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeLibrary, sampleReport, sampleSet } from '../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { ensureData, start, stop, takeSet } from './actions';
import { exportSet, followSets, importFrom, importListed, removeSet, switchTo, useImports } from './library';
import { setFields, useSetup } from './setup';

vi.mock('./download', () => ({ download: vi.fn(), fileNameOf: () => 'name' }));
vi.mock('../sources/framesOf', () => ({
  framesOf: async (file: File, { path }: { path: string }) => ({
    files: file.size > 1 ? [{ path: `${path}/frame 1.jpg`, file: new Blob(['frame']) }] : [],
    line: { path, outcome: 'used', reason: null, detail: '1 frame' },
  }),
}));

let library: FakeLibrary;
let session: FakeSession;
let unfollow: () => void;

beforeEach(async () => {
  library = new FakeLibrary();
  session = freshPage(library);
  unfollow = followSets();
  await ensureData();
});
afterEach(() => unfollow());

const files = [{ path: 'glass/1.jpg', file: new Blob(['x']) }];
const setup = () => useSetup.getState();
const clean = sampleReport({ lines: [] });
const opened = () => session.commands.filter(({ type }) => type === 'openSet').length;

/** Begins an import, and waits until the library has it. */
async function begun(request: Parameters<typeof importFrom>[0]) {
  const done = importFrom(request);
  await waitFor(() => expect(useImports.getState().jobs).toHaveLength(1));
  return { done, asked: library.imports.at(-1)! };
}

describe('an import', () => {
  it('shows how far it is, and is taken into use when it has come in', async () => {
    const { done, asked } = await begun({ name: 'waste', files });
    expect(useImports.getState().jobs[0]).toMatchObject({ name: 'waste', progress: null });
    asked.progress({ stage: 'reading', done: 3, total: 10 });
    expect(useImports.getState().jobs[0]?.progress).toEqual({ stage: 'reading', done: 3, total: 10 });
    asked.succeed({}, clean);
    await done;
    expect(setup()).toMatchObject({
      own: { id: 'set-1', name: 'waste', revision: 1 },
      preset: 'photos-quick',
    });
    expect(session.last('openSet')).toMatchObject({ set: 'set-1' });
    expect(useImports.getState()).toMatchObject({ jobs: [], ended: [] });
  });

  it('says what is worth reading: files that were skipped, and warnings', async () => {
    const { done, asked } = await begun({ name: 'waste', files });
    asked.succeed();
    await done;
    expect(useImports.getState().ended).toMatchObject([{ name: 'waste', outcome: { ok: true } }]);
  });

  it('leaves a run its pictures, and is offered when it has come in', async () => {
    await start();
    const { done, asked } = await begun({ name: 'waste', files });
    asked.succeed({}, clean);
    await done;
    expect(setup()).toMatchObject({ own: null, recipe: { data: 'confetti' } });
    expect(useImports.getState().ended).toHaveLength(1);
    await stop();
    expect(await switchTo(library.getState().sets[0]!)).toBe(true);
  });

  it('that fails says why and changes nothing; one that was given up says nothing', async () => {
    const { done, asked } = await begun({ name: 'notes', files });
    asked.end({ ok: false, error: { code: 'import/no-images', message: 'None.' }, report: null });
    await done;
    expect(useImports.getState().ended).toMatchObject([{ outcome: { error: { message: 'None.' } } }]);
    expect(setup().recipe.data).toBe('confetti');
    const second = await begun({ name: 'notes', files });
    useImports.getState().jobs[0]!.cancel();
    await second.done;
    expect(useImports.getState()).toMatchObject({ jobs: [], ended: [{ name: 'notes' }] });
  });

  it('has a name of its own, brings the frames of videos, and says what became of them', async () => {
    library.tell({ sets: [sampleSet(), sampleSet({ id: 'set-2', name: 'waste (2)' })] });
    const list = async () => ({
      name: 'waste',
      files: [
        { path: 'a/clip.mp4', file: new File(['xx'], 'clip.mp4') },
        { path: 'a/1.jpg', file: new File(['x'], '1.jpg') },
        { path: 'a/none.webm', file: new File([], 'none.webm') },
      ],
    });
    void importListed(list);
    await waitFor(() => expect(library.imports).toHaveLength(1));
    const { request } = library.imports[0]!;
    expect(request.name).toBe('waste (3)');
    expect(request.files.map(({ path }) => path)).toEqual(['a/1.jpg', 'a/clip.mp4/frame 1.jpg']);
    expect(request.lines?.map(({ path }) => path)).toEqual(['a/clip.mp4', 'a/none.webm']);
    expect(useImports.getState().listing).toBeNull();
  });

  it('does not begin when the person thinks better of it', async () => {
    await importListed(async () => null);
    const listed = importListed(
      () => new Promise((resolve) => setTimeout(resolve, 20, { name: 'a', files: [] })),
    );
    useImports.getState().listing!.cancel();
    await listed;
    expect(library.imports).toHaveLength(0);
    expect(useImports.getState().listing).toBeNull();
  });
});

describe('the set in use', () => {
  beforeEach(async () => {
    library.tell({ sets: [sampleSet()] });
    await takeSet(sampleSet());
  });

  it('is opened again when its pictures change, but not while a run keeps them', async () => {
    await start();
    library.tell({ sets: [sampleSet({ revision: 2, name: 'rubbish' })] });
    expect(setup().own).toMatchObject({ revision: 1 });
    expect(opened()).toBe(1);
    await stop();
    await waitFor(() => expect(opened()).toBe(2));
    expect(setup().own).toMatchObject({ revision: 2, name: 'rubbish' });
  });

  it('makes way for a built-in one before it is deleted', async () => {
    await removeSet(library.getState().sets[0]!);
    expect(library.asked).toEqual(['remove set-1']);
    expect(setup()).toMatchObject({ own: null, recipe: { data: 'confetti' } });
    await waitFor(() => expect(session.last('loadBuiltin')).toBeDefined());
  });

  it('makes way when it was deleted elsewhere', async () => {
    library.tell({ sets: [] });
    expect(setup()).toMatchObject({ own: null, recipe: { data: 'confetti' } });
  });

  it('is split anew by another seed, under the same key for its labels', async () => {
    const { loaded } = setup();
    setFields({ data_seed: 3 });
    await ensureData();
    expect(session.last('openSet')).toMatchObject({ set: 'set-1', seed: 3 });
    expect(setup().loaded).not.toBe(loaded);
  });

  it('is saved as a file', async () => {
    await exportSet('set-1');
    expect(library.asked).toEqual(['export']);
    expect(useImports.getState().packing).toBeNull();
  });
});
