import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureData, start } from '../../store/actions';
import { importFrom } from '../../store/library';
import { useSetup } from '../../store/setup';
import { FakeLibrary, sampleReport, sampleSet } from '../../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../../testing/fakeSession';
import { draw } from '../../testing/page';
import { OwnSets } from './OwnSets';

let library: FakeLibrary;
let session: FakeSession;

beforeEach(async () => {
  library = new FakeLibrary();
  session = freshPage(library);
  await ensureData();
});
afterEach(cleanup);

const files = [{ path: '1.jpg', file: new Blob(['x']) }];
const sets = () =>
  within(screen.getByRole('list', { name: 'Your sets of pictures' })).getAllByRole('listitem');

/** Opens the menu of the only set. */
async function choose(item: RegExp | string) {
  fireEvent.click(screen.getByRole('button', { name: /^More for/ }));
  fireEvent.click(await screen.findByRole('menuitem', { name: item }));
}

it('lists the sets with what is in them, and takes one into use', async () => {
  library.tell({
    sets: [
      sampleSet({ excluded: 3, heldOut: 20, masks: 12 }),
      sampleSet({ id: 'set-2', name: 'flat', classes: 0, count: 1 }),
    ],
  });
  draw(<OwnSets />);
  expect(sets().map(({ textContent }) => textContent)).toEqual([
    'waste400 pictures · 2 classes · 12 masks · 20 held out · 3 left out · 7.3 MB',
    'flat1 picture · no classes · 7.3 MB',
  ]);
  fireEvent.click(screen.getByRole('button', { name: /^flat/ }));
  await screen.findByRole('button', { name: /^flat/, pressed: true });
  expect(session.last('openSet')).toMatchObject({ set: 'set-2' });
  expect(screen.getByRole('button', { name: 'Look at the pictures' })).toBeTruthy();
});

it('shows names as text, whatever is in them', () => {
  const names = ['<img src=x onerror=alert(1)>', '__proto__', '\u202Egpj.exe', 'x'.repeat(10_000)];
  library.tell({ sets: names.map((name, i) => sampleSet({ id: `set-${i}`, name })) });
  draw(<OwnSets />);
  expect(document.querySelector('img')).toBeNull();
  for (const name of names) expect(screen.getByTitle(name)).toBeTruthy();
});

it('renames a set', async () => {
  library.tell({ sets: [sampleSet()] });
  draw(<OwnSets />);
  await choose('Rename…');
  const field = screen.getByRole('textbox', { name: 'Name of the set' });
  fireEvent.change(field, { target: { value: '  rubbish ' } });
  fireEvent.submit(field);
  await screen.findByText('rubbish');
  expect(library.asked).toEqual(['rename set-1 rubbish']);
});

it('deletes a set only after asking', async () => {
  library.tell({ sets: [sampleSet()] });
  draw(<OwnSets />);
  await choose('Delete…');
  expect(screen.getByRole('alertdialog').textContent).toContain('400 pictures');
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }));
  expect(library.asked).toEqual([]);
  await choose('Delete…');
  fireEvent.click(screen.getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(library.asked).toEqual(['remove set-1']));
  await waitFor(() => expect(screen.queryByRole('list')).toBeNull());
});

it('shows an import that goes on, with a way to give it up', async () => {
  draw(<OwnSets />);
  act(() => void importFrom({ name: 'waste', files }));
  await screen.findByText('Waiting to begin…');
  act(() => library.imports[0]!.progress({ stage: 'reading', done: 1200, total: 4000 }));
  expect(screen.getByText('1,200 of 4,000 files read')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(screen.queryByText(/files read/)).toBeNull());
  expect(library.imports[0]!.cancelled).toBe(true);
});

it('says what came of an import, and offers the set once no run keeps its own', async () => {
  draw(<OwnSets />);
  await act(start);
  act(() => void importFrom({ name: 'waste', files }));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  const warnings = [{ code: 'duplicates', message: '2 pictures are the same.' }];
  act(() => library.imports[0]!.succeed({}, sampleReport({ warnings })));
  const notice = (await screen.findByText(/waste.*2 pictures came in/)).closest<HTMLElement>('[role]')!;
  expect(notice.textContent).toContain('2 files could not be used');
  expect(notice.textContent).toContain('2 pictures are the same.');
  expect(within(notice).getByText('Stop the run to use it.')).toBeTruthy();
  act(() => session.tell('stopped'));
  fireEvent.click(within(notice).getByRole('button', { name: 'Use it now' }));
  await waitFor(() => expect(useSetup.getState().own?.id).toBe('set-1'));
  fireEvent.click(within(notice).getByRole('button', { name: 'Close' }));
  expect(screen.queryByText(/pictures came in/)).toBeNull();
});

it('says what was lost with its page, what keeping takes, and where nothing can be kept', async () => {
  library.tell({
    sets: [sampleSet()],
    storage: { usedBytes: 9 * 2 ** 20, quotaBytes: 2 ** 31, persisted: false, problem: null },
    lost: [{ id: 'lost-1', name: 'photos', done: 120, total: 500 }],
  });
  draw(<OwnSets />);
  const lost = screen.getByText(/closed after 120 of 500 files/).closest<HTMLElement>('[role="alert"]')!;
  expect(screen.getByText(/1 set · 7.3 MB · room for 2.0 GB more · the browser may clear/)).toBeTruthy();
  fireEvent.click(within(lost).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(screen.queryByText(/closed after/)).toBeNull());
  const storage = { usedBytes: 0, quotaBytes: null, persisted: null, problem: 'A private window.' };
  act(() => library.tell({ storage }));
  expect(screen.getByText('A private window.')).toBeTruthy();
});
