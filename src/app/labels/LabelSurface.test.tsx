import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureData, start, takeSet } from '../store/actions';
import { followLabels, useLabels } from '../store/labels';
import { useRun } from '../store/run';
import { setFields, useSetup } from '../store/setup';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { LabelSurface } from './LabelSurface';
import { labelSurface } from './labelSurface';

let session: FakeSession;
let stop: () => void;

beforeEach(() => {
  session = freshPage();
  stop = followLabels();
  // The grid draws the rows that are in view, and needs to know how much that is.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600);
});
afterEach(() => {
  stop();
  cleanup();
  labelSurface.close();
  vi.restoreAllMocks();
});

/** Opens the surface over pictures of which every fifth is held out. */
async function open(flat = false) {
  if (flat) {
    session.classNames = [];
    await takeSet({ id: 'flat', name: 'flat', revision: 1 });
  } else {
    setFields({ label_source: 'hand' });
    await ensureData();
  }
  await waitFor(() =>
    expect(useLabels.getState().pictures?.generation).toBe(useRun.getState().dataset?.generation),
  );
  labelSurface.show();
  draw(<LabelSurface />);
  await screen.findByRole('dialog', { name: 'Label pictures' });
}

const present = () => useLabels.getState().history!.present;
const grid = () => screen.getByRole('listbox', { name: 'Pictures' });
const options = () => within(grid()).getAllByRole('option');
const numberOf = (option: HTMLElement) => Number(option.dataset.picture);
const chosen = () => options().filter((option) => option.getAttribute('aria-selected') === 'true');
const press = (key: string, more = {}) => fireEvent.keyDown(grid(), { key, ...more });
const news = () => document.querySelector('output')?.textContent;

describe('labelling by keys', () => {
  it('goes by arrows, chooses with space, labels by a class’s key and goes on', async () => {
    await open();
    const [first, second, third] = options().map(numberOf);
    expect(grid().getAttribute('aria-activedescendant')).toBe(options()[0]!.id);
    press(' ');
    press('ArrowRight');
    press('ArrowRight');
    press(' ');
    expect(chosen().map(numberOf)).toEqual([first, third]);
    press('2');
    expect([first, second, third].map((index) => present().given[index!])).toEqual([1, -1, 1]);
    expect(news()).toBe('2 pictures are ‘b’ now.');
    expect(chosen()).toEqual([]);
    // Nothing is chosen: the key acts on the picture under the cursor, and goes to the next.
    press('Home');
    press('1');
    expect(present().given[first!]).toBe(0);
    expect(grid().getAttribute('aria-activedescendant')).toBe(options()[1]!.id);
  });

  it('takes labels back, undoes and does again', async () => {
    await open();
    const picture = numberOf(options()[0]!);
    press('1');
    press('Home');
    press('Delete');
    expect(present().given[picture]).toBe(-1);
    press('z', { ctrlKey: true });
    expect(present().given[picture]).toBe(0);
    expect(news()).toBe('Undone: take back the label of one picture.');
    press('z', { ctrlKey: true });
    press('z', { ctrlKey: true });
    expect(news()).toBe('There is nothing to undo.');
    press('Z', { ctrlKey: true, shiftKey: true });
    expect(present().given[picture]).toBe(0);
  });

  it('chooses everything that is shown, and nothing again before Escape goes back', async () => {
    await open();
    press('a', { ctrlKey: true });
    const { trainIndices } = useLabels.getState();
    expect(screen.getByText(new RegExp(`${trainIndices.length} chosen`))).toBeTruthy();
    press('Escape');
    expect(chosen()).toEqual([]);
    expect(screen.getByRole('dialog')).toBeTruthy();
  });

  it('does not take what is typed for a key', async () => {
    await open();
    const input = screen.getByRole('textbox', { name: 'Name of a new class' });
    fireEvent.keyDown(input, { key: '1' });
    expect([...present().given].some((label) => label >= 0)).toBe(false);
  });
});

describe('what is shown', () => {
  it('hides the truth until it is asked for, in names and order, too', async () => {
    await open();
    expect(options()[0]!.getAttribute('aria-label')).toBe(`picture ${numberOf(options()[0]!) + 1}, no label`);
    expect(grid().textContent).not.toMatch(/[ab]\//);
    const classesShown = options()
      .slice(0, 8)
      .map((option) => numberOf(option) % 2);
    expect(new Set(classesShown).size).toBe(2);
    fireEvent.click(screen.getByRole('switch', { name: 'Show true classes' }));
    expect(options()[0]!.getAttribute('aria-label')).toMatch(/^[ab]\/\d+\.png, no label, truly [ab]$/);
  });

  it('filters, and says where nothing is left', async () => {
    await open();
    const filter = screen.getByRole('combobox', { name: 'Pictures shown' });
    press('1');
    fireEvent.change(filter, { target: { value: 'class:0' } });
    expect(options()).toHaveLength(1);
    fireEvent.change(filter, { target: { value: 'class:1' } });
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    const held = options().find((option) => numberOf(option) % 5 === 4)!;
    expect(held.getAttribute('aria-label')).toContain('held out');
  });

  it('says what the labels lack', async () => {
    setFields({ method: 'paws' });
    await open();
    expect(screen.getByText(/No training picture has a label yet/)).toBeTruthy();
    press('1');
    expect(screen.getByText(/there is nothing to tell apart/)).toBeTruthy();
  });
});

describe('classes', () => {
  it('begin with none in a flat folder; names are checked and shown as text', async () => {
    await open(true);
    const input = screen.getByRole('textbox', { name: 'Name of a new class' });
    const add = (name: string) => {
      fireEvent.change(input, { target: { value: name } });
      fireEvent.click(screen.getByRole('button', { name: 'Add' }));
    };
    add('<img src=x onerror=alert(1)>');
    expect(screen.getByRole('button', { name: /^1\s*<img src=x onerror/ })).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
    add('<img src=x onerror=alert(1)>');
    expect(screen.getByText(/There is a class .* already/)).toBeTruthy();
    press('1');
    expect(useSetup.getState().recipe.label_source).toBe('hand');
    expect([...present().given].filter((label) => label === 0)).toHaveLength(1);
  });

  it('are renamed, merged and removed, and come back with undo', async () => {
    await open();
    press('1');
    press('2');
    fireEvent.click(screen.getByRole('button', { name: 'Change the class a' }));
    fireEvent.change(screen.getByRole('textbox', { name: 'Name' }), { target: { value: 'first' } });
    fireEvent.click(screen.getByRole('button', { name: 'Rename' }));
    expect(present().classNames).toEqual(['first', 'b']);
    fireEvent.click(screen.getByRole('button', { name: 'Change the class b' }));
    fireEvent.change(screen.getByRole('combobox', { name: 'Merge into' }), { target: { value: '0' } });
    expect(present().classNames).toEqual(['first']);
    expect([...present().given].filter((label) => label === 0)).toHaveLength(2);
    fireEvent.click(screen.getByRole('button', { name: 'Change the class first' }));
    fireEvent.click(screen.getByRole('button', { name: 'Remove' }));
    expect(present().classNames).toEqual([]);
    for (let i = 0; i < 3; i++) press('z', { ctrlKey: true });
    expect(present().classNames).toEqual(['a', 'b']);
  });

  it('stay as they are while a run goes, and it is said why', async () => {
    await open();
    press('1');
    await act(start);
    const change = screen.getByRole<HTMLButtonElement>('button', { name: 'Change the class a' });
    expect(change.disabled).toBe(true);
    expect(document.getElementById(change.getAttribute('aria-describedby')!)?.textContent).toContain(
      'A run keeps its classes',
    );
  });
});

describe('files', () => {
  const file = (text: string) => new File([text], 'labels.csv', { type: 'text/csv' });

  it('are read; rows that gave nothing are listed with their reason', async () => {
    await open();
    const text = 'picture,label\n0.png,a\n1.png,cat\nmissing.png,a\n';
    fireEvent.change(screen.getByTestId('labels-input'), { target: { files: [file(text)] } });
    await screen.findByText('2 labels read from labels.csv');
    expect(screen.getByText('There is no such picture in the data set.')).toBeTruthy();
    expect(screen.getByText('New class: cat.')).toBeTruthy();
    expect([present().given[0], present().given[1]]).toEqual([0, 2]);
    press('z', { ctrlKey: true });
    expect(present().classNames).toEqual(['a', 'b']);
  });

  it('say why nothing of them could be read, and leave everything as it was', async () => {
    await open();
    press('1');
    const before = present();
    fireEvent.change(screen.getByTestId('labels-input'), { target: { files: [file('one\ntwo\n')] } });
    await screen.findByText('No label was read from labels.csv');
    expect(screen.getByText(/no columns for pictures and labels/)).toBeTruthy();
    expect(present()).toBe(before);
  });

  it('are written so that they can be read again', async () => {
    await open();
    const picture = numberOf(options()[0]!);
    press('2');
    const blobs: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      blobs.push(blob as Blob);
      return 'blob:labels';
    });
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    await waitFor(() => expect(blobs).toHaveLength(1));
    const text = await blobs[0]!.text();
    press('z', { ctrlKey: true });
    fireEvent.change(screen.getByTestId('labels-input'), { target: { files: [file(text)] } });
    await screen.findByText('1 label read from labels.csv');
    expect(present().given[picture]).toBe(1);
  });
});
