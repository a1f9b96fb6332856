import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fieldApplies,
  fieldNames,
  liveFields,
  methodNames,
  pictureFieldNames,
  recipeField,
} from '../../recipe';
import { ensureData, start, takeSet } from '../store/actions';
import { chooseMethod, setField, setFields, useSetup } from '../store/setup';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { RecipeCard } from './RecipeCard';

let session: FakeSession;

beforeEach(async () => {
  session = freshPage();
  await ensureData();
});
afterEach(cleanup);

const openAll = () =>
  fireEvent.click(screen.getByRole('button', { name: /more options, under their official names/ }));
const row = (name: string) => document.querySelector<HTMLElement>(`[data-field="${name}"]`);
const control = (name: string) => row(name)?.querySelector<HTMLInputElement>('input, select') ?? null;
const type = (name: string, text: string) => {
  const input = control(name)!;
  fireEvent.change(input, { target: { value: text } });
  fireEvent.blur(input);
};

describe('the recipe form', () => {
  it.each(methodNames)(
    'has every field of the table that %s reads, once, with its official name and what the paper used',
    (method) => {
      chooseMethod(method);
      draw(<RecipeCard />);
      openAll();
      const { recipe } = useSetup.getState();
      const labels = ['method', 'label_source', 'labels_per_class', 'label_seed'];
      const elsewhere: readonly string[] = [...pictureFieldNames, ...labels];
      for (const name of fieldNames) {
        const spec = recipeField(name, recipe.method);
        const applies = !elsewhere.includes(name) && fieldApplies(spec, recipe);
        expect(document.querySelectorAll(`[data-field="${name}"]`), name).toHaveLength(applies ? 1 : 0);
        if (!applies) continue;
        const text = row(name)!.textContent;
        expect(text).toContain(spec.officialName ?? name);
        expect(text).toContain(spec.paper);
        expect(within(row(name)!).getByLabelText((text) => text.startsWith(spec.label))).toBe(control(name));
      }
    },
  );

  it('shows the fields of a convolutional network once that is chosen', () => {
    draw(<RecipeCard />);
    fireEvent.change(control('arch')!, { target: { value: 'cnn' } });
    expect(row('patch_size')).toBeNull();
    openAll();
    expect(row('cnn_pool')).not.toBeNull();
    fireEvent.change(control('cnn_pool')!, { target: { value: '2' } });
    expect(useSetup.getState().recipe.cnn_pool).toBe(2);
  });

  it('takes numbers as people write them, and leaves the value alone when they are none', () => {
    draw(<RecipeCard />);
    type('teacher_temp', '0,03');
    expect(useSetup.getState().recipe.teacher_temp).toBe(0.03);
    type('lr', '1e-3');
    expect(useSetup.getState().recipe.lr).toBe(0.001);
    type('lr', 'fast');
    expect(useSetup.getState().recipe.lr).toBe(0.001);
    expect(row('lr')!.textContent).toContain('must be a number between');
    expect(control('lr')!.getAttribute('aria-invalid')).toBe('true');
  });

  it('says at the field what refuses a start, and puts in a value that works', () => {
    draw(<RecipeCard />);
    type('batch_size', '4000');
    const refusal = within(row('batch_size')!).getByRole('alert');
    expect(refusal.textContent).toMatch(/1024/);
    fireEvent.click(within(refusal).getByRole('button', { name: 'Use 1024' }));
    expect(useSetup.getState().recipe.batch_size).toBe(1024);
    expect(within(row('batch_size')!).queryByRole('alert')).toBeNull();
  });

  it('goes back to the value of the preset, for one field or all', () => {
    draw(<RecipeCard />);
    setFields({ hue: 0.5, depth: 6 });
    draw(<RecipeCard />);
    fireEvent.click(screen.getAllByRole('button', { name: 'Back to 0.1: hue jitter' })[0]!);
    expect(useSetup.getState().recipe.hue).toBe(0.1);
    fireEvent.click(screen.getAllByRole('button', { name: /1 field differs/ })[0]!);
    expect(useSetup.getState().recipe.depth).toBe(4);
  });

  it('locks what a run has fixed, says why, and leaves the live fields open', async () => {
    await start();
    draw(<RecipeCard />);
    openAll();
    const why = document.getElementById('why-locked');
    expect(why?.textContent).toContain('stop the run to change the others');
    const live: readonly string[] = liveFields;
    for (const element of document.querySelectorAll<HTMLElement>('[data-field]')) {
      const name = element.dataset.field ?? '';
      const input = control(name)!;
      expect(input.disabled, name).toBe(!live.includes(name));
      if (input.disabled) expect(input.getAttribute('aria-describedby')).toContain('why-locked');
    }
  });

  it('sends a live field to the run that goes, and shows what the run says against it', async () => {
    await start();
    draw(<RecipeCard />);
    type('teacher_temp', '0.05');
    await waitFor(() =>
      expect(session.last('setLive')).toMatchObject({ field: 'teacher_temp', value: 0.05 }),
    );
    session.refusals = [
      { field: 'teacher_temp', kind: 'refusal', message: 'Far too warm.', suggestion: 0.04 },
    ];
    type('teacher_temp', '1.5');
    await waitFor(() => expect(row('teacher_temp')!.textContent).toContain('Far too warm.'));
    fireEvent.click(within(row('teacher_temp')!).getByRole('button', { name: 'Use 0.04' }));
    await waitFor(() => expect(session.last('setLive')).toMatchObject({ value: 0.04 }));
  });

  it('leaves the fields of a built-in set to the card of the pictures', () => {
    draw(<RecipeCard />);
    openAll();
    expect(row('depth')).toBeTruthy();
    expect(row('hue_spread')).toBeNull();
    expect(row('data_seed')).toBeNull();
  });

  it('splits a set anew when the picture seed changes', async () => {
    await takeSet({ id: 'waste', name: 'waste', revision: 1 });
    draw(<RecipeCard />);
    openAll();
    type('data_seed', '7');
    await waitFor(() => expect(session.last('openSet')).toMatchObject({ set: 'waste', seed: 7 }), {
      timeout: 2000,
    });
  });

  it('asks about colour where the pictures are the person’s own', () => {
    setField('data', 'folder');
    setFields({ arch: 'cnn' });
    draw(<RecipeCard />);
    expect(screen.getByText('Is colour what tells your classes apart?')).toBeTruthy();
    fireEvent.click(screen.getByLabelText('Yes'));
    expect(useSetup.getState().recipe).toMatchObject({ jitter_prob: 0, gray_prob: 0, solarize_prob: 0 });
  });
});
