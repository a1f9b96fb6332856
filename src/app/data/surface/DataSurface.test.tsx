import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureData, start, takeSet } from '../../store/actions';
import { followLabels, useLabels } from '../../store/labels';
import { useRun } from '../../store/run';
import { sampleColumns } from '../../testing/fakeColumns';
import { FakeLibrary, sampleSet } from '../../testing/fakeLibrary';
import { freshPage } from '../../testing/fakeSession';
import { draw } from '../../testing/page';
import { DataSurface } from './DataSurface';
import { dataSurface } from './dataSurface';

let library: FakeLibrary;
let stop: () => void;

beforeEach(() => {
  library = new FakeLibrary();
  freshPage(library);
  stop = followLabels();
  // The grid draws the rows that are in view, and needs to know how much that is.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(600);
});
afterEach(() => {
  stop();
  cleanup();
  dataSurface.close();
  vi.restoreAllMocks();
});

const hostile = `\u202E<b>${'x'.repeat(10_000)}`;

/** Opens the surface over a set of 400 pictures; of 402 stored ones the last two are left out. */
async function open(): Promise<void> {
  const names = Array.from({ length: 402 }, (_, i) => (i === 401 ? hostile : `a/${i}.png`));
  const excluded = Uint8Array.from(names, (_, i) => (i < 400 ? 0 : 1));
  const exactGroups = Int32Array.from(names, (_, i) => (i < 3 ? 0 : -1));
  library.columnsOf.set('set-1', sampleColumns({ names, excluded, exactGroups }));
  library.tell({ sets: [sampleSet()] });
  await takeSet({ id: 'set-1', name: 'waste', revision: 1 });
  await draws();
  await screen.findByRole('button', { name: 'left out 2' });
}

async function draws(): Promise<void> {
  await waitFor(() =>
    expect(useLabels.getState().pictures?.generation).toBe(useRun.getState().dataset?.generation),
  );
  dataSurface.show();
  draw(<DataSurface />);
  await screen.findByRole('dialog', { name: 'Look at the pictures' });
}

const grid = () => screen.getByRole('listbox', { name: 'Pictures' });
const press = (key: string, more = {}) => fireEvent.keyDown(grid(), { key, ...more });
const news = () => document.querySelector('output')?.textContent;
const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

describe('the pictures of a stored set', () => {
  it('are filtered by class from a choice and from a bar, and searched', async () => {
    await open();
    expect(screen.getByText('400 pictures shown')).toBeTruthy();
    fireEvent.change(screen.getByRole('combobox', { name: 'Class' }), { target: { value: '1' } });
    expect(screen.getByText('200 pictures shown')).toBeTruthy();
    fireEvent.click(within(screen.getByRole('complementary')).getByRole('button', { pressed: true }));
    expect(screen.getByText('400 pictures shown')).toBeTruthy();
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: '/39' } });
    expect(screen.getByText('11 pictures shown')).toBeTruthy();
  });

  it('are left out by a key: those chosen, else the one that the keys are at', async () => {
    await open();
    press('ArrowRight');
    press('Delete');
    await waitFor(() => expect(news()).toBe('One picture is left out. Nothing is deleted.'));
    press('Home');
    press('ArrowRight', { shiftKey: true });
    press('ArrowRight', { shiftKey: true });
    fireEvent.click(button('Leave 3 pictures out'));
    await waitFor(() => expect(news()).toBe('3 pictures are left out. Nothing is deleted.'));
    expect(library.asked).toEqual(['exclude set-1 1 true', 'exclude set-1 0,1,2 true']);
  });

  it('are left out where they are there more than once, all but the first', async () => {
    await open();
    fireEvent.click(button('Leave out all but the first of each'));
    await waitFor(() => expect(library.asked).toEqual(['exclude set-1 1,2 true']));
  });

  it('cannot all be left out', async () => {
    await open();
    press('a', { ctrlKey: true });
    press('Delete');
    expect(news()).toContain('One picture at least has to stay.');
    expect(library.asked).toEqual([]);
  });

  it('are taken in again from a list, whatever their names', async () => {
    await open();
    fireEvent.click(button('left out 2'));
    const list = screen.getByRole('region', { name: 'Pictures left out' });
    const [first, second] = within(list).getAllByRole('listitem');
    expect(second!.querySelector('bdi')!.textContent).toContain('<b>xxx');
    expect(second!.textContent!.length).toBeLessThan(600);
    fireEvent.click(within(first!).getByRole('button'));
    await waitFor(() => expect(news()).toBe('One picture is in use again.'));
    expect(library.asked).toEqual(['exclude set-1 400 false']);
    expect(await screen.findByRole('button', { name: 'left out 1' })).toBeTruthy();
    expect(document.activeElement).toBe(list);
  });

  it('stay as they are while a run is under way', async () => {
    await open();
    await act(() => start());
    press('Delete');
    expect(news()).toBe('A run keeps its pictures. Stop it to leave some out or take them in again.');
    expect(button('Leave out').disabled).toBe(true);
    expect(button('Leave out all but the first of each').disabled).toBe(true);
    expect(library.asked).toEqual([]);
  });
});

describe('the pictures of a built-in set', () => {
  it('are shown with their numbers, and cannot be left out', async () => {
    await ensureData();
    await draws();
    const numbers = screen.getByRole('complementary', { name: 'The set in numbers' });
    expect((await within(numbers).findByRole('row', { name: /^mean/ })).textContent).toBe(
      'mean0.5000.4000.300',
    );
    expect(numbers.textContent).toContain('All pictures are made at 64 × 64 px.');
    expect(screen.queryByRole('button', { name: /[Ll]eave/ })).toBeNull();
    expect(screen.queryByRole('combobox', { name: 'Duplicates' })).toBeNull();
  });
});
