import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeLibrary, sampleSet } from '../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { takeBuiltin, takeSet } from './actions';
import { followLastSet, loadFirstPictures } from './lastSet';
import { setFields, useSetup } from './setup';

let session: FakeSession;
let unfollow: () => void = () => {};

const own = { id: 'set-1', name: 'waste', revision: 4 };
const setup = () => useSetup.getState();

/** The page as after a reload: all is forgotten but what the browser keeps. */
function reload() {
  const kept = localStorage.getItem('pawsaur:set');
  unfollow();
  session = freshPage(new FakeLibrary());
  if (kept !== null) localStorage.setItem('pawsaur:set', kept);
  unfollow = followLastSet();
}

beforeEach(() => {
  localStorage.clear();
  reload();
});
afterEach(() => unfollow());

it('opens the set that was in use after a reload', async () => {
  await takeSet(own);
  reload();
  await loadFirstPictures(false);
  expect(session.asked).toEqual(['openSet']);
  expect(setup()).toMatchObject({ own, preset: 'photos-quick', recipe: { data: 'folder' } });
});

it('forgets it once other pictures are taken', async () => {
  await takeSet(sampleSet());
  takeBuiltin('grey');
  reload();
  await loadFirstPictures(false);
  expect(session.asked).toEqual(['loadBuiltin']);
});

it('leaves it for an address that names built-in pictures, and takes it for one that means one’s own', async () => {
  await takeSet(own);
  reload();
  await loadFirstPictures(true);
  expect(session.asked).toEqual(['loadBuiltin']);
  reload();
  setFields({ data: 'folder', depth: 6 });
  await loadFirstPictures(true);
  expect(session.asked).toEqual(['openSet']);
  expect(setup().recipe.depth).toBe(6);
});

it('begins without a set that cannot be opened any more, and says so once', async () => {
  await takeSet(own);
  reload();
  session.loadError = { code: 'library/gone', message: 'There is no such set.' };
  await loadFirstPictures(false);
  expect(setup()).toMatchObject({ own: null, dataError: null, preset: 'confetti-quick' });
  expect(session.asked).toEqual(['openSet', 'loadBuiltin']);
  reload();
  await loadFirstPictures(false);
  expect(session.asked).toEqual(['loadBuiltin']);
});

it('makes nothing of what is no set', async () => {
  localStorage.setItem('pawsaur:set', '{"id": 3}');
  await loadFirstPictures(false);
  localStorage.setItem('pawsaur:set', 'nonsense');
  await loadFirstPictures(false);
  expect(session.asked).toEqual(['loadBuiltin']);
});
