import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { evaluationAt } from '../../session/testing/samples';
import { ensureData } from '../store/actions';
import { chooseMethod, setFields } from '../store/setup';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { ExperimentView } from './ExperimentView';
import { experimentSurface, stopExperiment, useExperiment } from './experiment';

let session: FakeSession;

beforeEach(async () => {
  localStorage.clear();
  session = freshPage();
  useExperiment.setState({ experiment: null, progress: null, going: false, error: null });
  chooseMethod('paws');
  setFields({ data: 'grey' });
  await ensureData();
  session.scores = (step) => ({
    ...evaluationAt(step),
    classification: {
      classNames: ['a', 'b'],
      labels: 2,
      readOuts: [{ id: 'snnHead', heldOut: 40 + step / 10, unlabelled: null }],
      shown: 'snnHead',
      confusion: Int32Array.of(1, 0, 0, 1),
      classAccuracy: [100, 100],
      calibrationError: null,
      reliability: [],
    },
  });
  act(experimentSurface.show);
});
afterEach(() => {
  stopExperiment();
  cleanup();
  experimentSurface.close();
});

const plan = (budgets: string, ...without: string[]) => {
  fireEvent.change(screen.getByLabelText('Labels of each class'), { target: { value: budgets } });
  for (const name of without) fireEvent.click(screen.getByRole('checkbox', { name }));
};
const begin = () => fireEvent.click(screen.getByRole('button', { name: 'Start the experiment' }));
const row = (labels: string) => within(screen.getByRole('row', { name: new RegExp(`^${labels} `) }));
const prepared = () => session.commands.filter(({ type }) => type === 'prepare').length;

it('says before it begins what it will take', () => {
  draw(<ExperimentView />);
  expect(screen.getByText(/^9 trainings, 6,300 steps/)).toBeTruthy();
  plan('1, 2', 'DINO + linear');
  expect(screen.getByText(/^4 trainings, 2,800 steps/)).toBeTruthy();
  plan('none');
  expect(screen.getByRole('alert').textContent).toContain('Write whole numbers');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start the experiment' }).disabled).toBe(true);
});

it('does one training after the other and shows what came of each', async () => {
  draw(<ExperimentView />);
  plan('1, 2', 'DINO + linear', 'Labels alone');
  begin();
  await screen.findByText('Training 1 of 2: PAWS + CE');
  await waitFor(() => expect(session.last('start')).toBeDefined());
  act(() => session.finish());
  await screen.findByText('Training 2 of 2: PAWS + CE');
  expect(row('1').getByText('65.0')).toBeTruthy();
  expect(session.last('prepare')?.recipe).toMatchObject({
    method: 'paws',
    labels_per_class: 2,
    label_source: 'budget',
  });
  await waitFor(() => expect(prepared()).toBe(2));
  await waitFor(() => expect(session.asked.filter((type) => type === 'start')).toHaveLength(2));
  act(() => session.finish());
  await waitFor(() => expect(useExperiment.getState().going).toBe(false));
  expect(row('2').getByText('65.0')).toBeTruthy();
});

it('stops, is there again after a reload, and goes on where it was', async () => {
  draw(<ExperimentView />);
  plan('1, 2', 'DINO + linear', 'Labels alone');
  begin();
  await waitFor(() => expect(session.last('start')).toBeDefined());
  act(() => session.finish());
  await screen.findByText('Training 2 of 2: PAWS + CE');
  await waitFor(() => expect(session.asked.filter((type) => type === 'start')).toHaveLength(2));
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  await screen.findByRole('button', { name: 'Continue: 1 training left' });
  expect(useExperiment.getState().error).toBeNull();
  cleanup();
  // Another visit.
  useExperiment.setState({ experiment: null, progress: null, going: false, error: null });
  draw(<ExperimentView />);
  fireEvent.click(await screen.findByRole('button', { name: 'Continue: 1 training left' }));
  await screen.findByText('Training 2 of 2: PAWS + CE');
  await waitFor(() => expect(prepared()).toBe(3));
  expect(session.last('prepare')?.recipe).toMatchObject({ labels_per_class: 2 });
});

it('says which training could not start, and does the rest', async () => {
  draw(<ExperimentView />);
  plan('1', 'DINO + linear');
  session.refusals = [{ field: 'lr', kind: 'refusal', message: 'No such rate.' }];
  begin();
  expect(await screen.findByText(/has no result. No such rate./)).toBeTruthy();
  await screen.findByText('Training 2 of 2: Labels alone');
});

it('does not take what is stored for an experiment when it is none', () => {
  localStorage.setItem('pawsaur.budget', '{"version":1,"plan":"<script>"}');
  draw(<ExperimentView />);
  expect(screen.getByRole('button', { name: 'Start the experiment' })).toBeTruthy();
});
