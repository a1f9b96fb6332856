import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { labelSurface } from '../labels/labelSurface';
import { ensureData, start, takeSet } from '../store/actions';
import { changeLabels, followLabels, useLabels } from '../store/labels';
import { chooseMethod, setFields, useSetup } from '../store/setup';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { LabelsCard } from './LabelsCard';

let session: FakeSession;
let stop: () => void;

beforeEach(async () => {
  session = freshPage();
  labelSurface.use.setState({ open: false, wanted: false });
  stop = followLabels();
  await ensureData();
  await waitFor(() => expect(useLabels.getState().pictures).not.toBeNull());
  chooseMethod('paws');
});
afterEach(() => {
  stop();
  cleanup();
});

const counts = () =>
  within(screen.getByRole('list', { name: 'Labels of each class' }))
    .getAllByRole('listitem')
    .map(({ textContent }) => textContent);
const setup = () => useSetup.getState();

it('draws so many labels of each class, and others with another draw', () => {
  draw(<LabelsCard />);
  expect(counts()).toEqual(['a5', 'b5']);
  expect(screen.getByText(/5 of every class: 10 of 1600 training pictures have a label/)).toBeTruthy();
  const field = screen.getByRole('textbox', { name: /^labels per class/ });
  fireEvent.change(field, { target: { value: '2' } });
  fireEvent.blur(field);
  expect(counts()).toEqual(['a2', 'b2']);
  fireEvent.click(screen.getByRole('button', { name: 'Draw again' }));
  expect(setup().recipe.label_seed).toBe(1);
});

it('goes on by hand with the labels drawn', () => {
  draw(<LabelsCard />);
  fireEvent.click(screen.getByLabelText('By hand'));
  expect(setup().recipe.label_source).toBe('hand');
  expect(screen.getByText(/10 labels on 1,600 training pictures, given by you/)).toBeTruthy();
});

it('says what stands against the labels, where their field is', () => {
  setFields({ method: 'supervised', label_source: 'hand' });
  draw(<LabelsCard />);
  expect(screen.getByRole('alert').textContent).toContain('No training picture has a label yet');
  act(() => changeLabels({ kind: 'give', indices: [0, 2], class: 0 }));
  expect(screen.getByRole('alert').textContent).toContain('there is nothing to tell apart');
  act(() => changeLabels({ kind: 'give', indices: [1, 3], class: 1 }));
  expect(screen.queryByRole('alert')).toBeNull();
});

it('says of methods without labels that they only score, and keeps out of the way', () => {
  chooseMethod('dino');
  draw(<LabelsCard />);
  expect(screen.getByText('DINO never sees them')).toBeTruthy();
  expect(screen.queryByRole('list')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: /scored with/ }));
  expect(screen.getByText(/What would these labels be worth on its features/)).toBeTruthy();
  expect(counts()).toHaveLength(2);
});

it('has labels picked where classes are known, and opens the surface where they are not', async () => {
  session.picks = Int32Array.of(2, 3);
  draw(<LabelsCard />);
  fireEvent.click(screen.getByRole('button', { name: 'Pick labels for me' }));
  await screen.findByText('2 varied pictures labelled');
  expect(counts()).toEqual(['a1', 'b1']);
  session.classNames = [];
  await act(() => takeSet({ id: 'flat', name: 'flat', revision: 1 }));
  await waitFor(() => expect(useLabels.getState().pictures?.classNames).toEqual([]));
  fireEvent.click(screen.getByRole('button', { name: 'Pick labels for me' }));
  await waitFor(() => expect(labelSurface.use.getState().open).toBe(true));
  expect(session.last('pickLabels')?.count).toBe(24);
});

it('keeps the labels of a run that goes in their place, and lets them be looked at', async () => {
  draw(<LabelsCard />);
  await act(start);
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Draw again' }).disabled).toBe(true);
  fireEvent.click(screen.getByRole('button', { name: 'Label pictures…' }));
  expect(labelSurface.use.getState().open).toBe(true);
});

it('says once that a budget takes all there is', () => {
  setFields({ labels_per_class: 4000 });
  draw(<LabelsCard />);
  expect(
    screen.getByText('All 1,600 training pictures have a label: no class has more than 4,000.'),
  ).toBeTruthy();
});
