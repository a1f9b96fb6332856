import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PawsaurError } from '../../../platform/errors';
import { ensureData, showField, start } from '../../store/actions';
import { setFields, useSetup } from '../../store/setup';
import { FakeLibrary } from '../../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../../testing/fakeSession';
import { draw } from '../../testing/page';
import { BuiltinOptions } from './BuiltinOptions';

let session: FakeSession;
let library: FakeLibrary;

// Fetching the chunk is the browser's, and may take a while here.
beforeAll(() => import('./BuiltinSettings'));
beforeEach(async () => {
  library = new FakeLibrary();
  session = freshPage(library);
  await ensureData();
});
afterEach(cleanup);

const recipe = () => useSetup.getState().recipe;
const row = (name: string) => document.querySelector<HTMLElement>(`[data-field="${name}"]`);
const opener = () => screen.getByRole('button', { name: /^Classes, cues and background of/ });

async function open(): Promise<void> {
  draw(<BuiltinOptions />);
  fireEvent.click(opener());
  await waitFor(() => expect(row('clutter')).not.toBeNull());
}

function type(name: string, text: string): void {
  const input = row(name)!.querySelector('input')!;
  fireEvent.change(input, { target: { value: text } });
  fireEvent.blur(input);
}

describe('the settings of a built-in set', () => {
  it('are folded away until asked for, and not there for pictures of one’s own', async () => {
    draw(<BuiltinOptions />);
    expect(row('clutter')).toBeNull();
    expect(library.previews).toEqual([]);
    act(() => setFields({ data: 'folder' }));
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('open when one of them is asked for by name', async () => {
    draw(<BuiltinOptions />);
    act(() => showField('clutter'));
    await waitFor(() => expect(row('clutter')).not.toBeNull());
  });

  it('show only what has an effect', async () => {
    await open();
    expect(row('hue_spread')).not.toBeNull();
    act(() => setFields({ colour_cue: 'off', background: 'picture' }));
    expect(row('hue_spread')).toBeNull();
    expect(row('background_tint')).toBeNull();
    expect(row('data')).toBeNull();
  });

  it('load other pictures and draw another preview, which knows what was set', async () => {
    await open();
    type('clutter', '6');
    expect(recipe().clutter).toBe(6);
    const params = { clutter: 6 };
    await waitFor(() =>
      expect(session.last('loadBuiltin')).toMatchObject({ name: 'confetti', seed: 0, params }),
    );
    await waitFor(() =>
      expect(library.previews.at(-1)).toEqual({ request: { name: 'confetti', seed: 0, params }, count: 20 }),
    );
    expect(session.asked.filter((command) => command === 'loadBuiltin')).toHaveLength(2);
    expect(opener().textContent).toContain('(1 changed)');
  });

  it('draw others of the same kind, and go back to the set as it was', async () => {
    await open();
    type('data_classes', '4');
    fireEvent.click(screen.getByRole('button', { name: 'Draw others' }));
    expect(recipe()).toMatchObject({ data_classes: 4, data_seed: 1 });
    fireEvent.click(screen.getByRole('button', { name: 'Back to confetti as it was' }));
    expect(recipe()).toMatchObject({ data: 'confetti', data_classes: 10, data_seed: 1 });
    await waitFor(() => expect(session.last('loadBuiltin')).toMatchObject({ seed: 1, params: {} }));
    expect(screen.queryByRole('button', { name: /as it was/ })).toBeNull();
  });

  it('name the classes in the preview, and show the masks on request', async () => {
    await open();
    await waitFor(() => expect(screen.getByRole('img').getAttribute('aria-label')).toContain('star, gear'));
    expect(screen.getByText('star · gear')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('masks'));
    expect(screen.getByRole('img').getAttribute('aria-label')).toMatch(/^Masks of confetti/);
  });

  it('say what will happen, and warn where nothing tells the classes, open or closed', async () => {
    await open();
    const warning = 'Nothing tells the classes apart';
    expect(screen.queryByText(new RegExp(warning))).toBeNull();
    act(() => setFields({ shape_cue: false, colour_cue: 'off' }));
    expect(row('shape_cue')!.textContent).toContain(warning);
    expect(screen.getByText(/Worth seeing once/)).toBeTruthy();
    fireEvent.click(opener());
    expect(row('shape_cue')).toBeNull();
    expect(screen.getByText(new RegExp(warning))).toBeTruthy();
  });

  it('can be used without a preview, and say why there is none', async () => {
    library.previewError = new PawsaurError('dead', 'The library has stopped.');
    await open();
    await waitFor(() =>
      expect(screen.getByText(/There is no preview: The library has stopped/)).toBeTruthy(),
    );
    type('clutter', '2');
    expect(recipe().clutter).toBe(2);
  });

  it('are locked while a run goes', async () => {
    await start();
    await open();
    expect(row('clutter')!.querySelector('input')!.disabled).toBe(true);
    expect(screen.queryByRole('button', { name: 'Draw others' })).toBeNull();
  });
});
