import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { App } from './App';
import { followVisibility, takeAddress } from './begin';
import { ensureData, useUi } from './store/actions';
import { useHistory } from './store/history';
import { followPlan } from './store/plan';
import { useRun } from './store/run';
import { setFields, useSetup } from './store/setup';
import { FakeLibrary } from './testing/fakeLibrary';
import { type FakeSession, freshPage } from './testing/fakeSession';
import { draw } from './testing/page';

vi.mock('./panels', () => {
  const Stub = () => null;
  return {
    HealthBanner: Stub,
    LossPanel: () => <p>the loss</p>,
    KnowsClassesPanel: Stub,
    AttentionPanel: Stub,
    ViewsPanel: Stub,
    CollapsePanel: Stub,
    BallotPanel: Stub,
    ClassificationPanel: Stub,
    useMethod: () => 'dino',
    SchedulesPanel: Stub,
  };
});

let session: FakeSession;
let library: FakeLibrary;

beforeEach(() => {
  library = new FakeLibrary();
  session = freshPage(library);
});
afterEach(() => {
  stopPlanning();
  cleanup();
});

let stopPlanning = () => {};
/** A plan is asked for a moment after the last change. */
const patient = { timeout: 10_000 };

const header = () => within(screen.getByRole('banner'));
const button = (name: string) => header().getByRole<HTMLButtonElement>('button', { name });

async function open(hash = '') {
  takeAddress(hash);
  draw(<App />);
  await act(ensureData);
}

async function started() {
  await open();
  fireEvent.click(button('Start'));
  await waitFor(() => button('Pause'));
  act(() => session.train(3));
}

describe('the page', () => {
  it('shows the pictures and says what Start will do', async () => {
    await open();
    expect(screen.getByText(/These are the pictures/).textContent).toContain('1,600 to train on');
    expect(screen.getByText(/Start trains a Vision Transformer/).textContent).toContain('250 steps');
    expect(screen.getAllByRole('button', { name: 'Start' })).toHaveLength(2);
  });

  it('refuses what the adapter cannot hold before Start is pressed', async () => {
    stopPlanning = followPlan();
    const message = 'This needs 3,000 MB of graphics memory. It fits with batch size 256.';
    session.plan = {
      ...session.plan,
      problems: [{ field: 'batch_size', kind: 'refusal', message, suggestion: 256 }],
    };
    await open('#preset=confetti-quick&batch_size=1024&global_crops_size=224');
    await screen.findByText('It cannot start like this.', {}, patient);
    expect(session.last('plan')?.recipe).toEqual(useSetup.getState().recipe);
    fireEvent.click(button('Start'));
    await waitFor(() => expect(useUi.getState().shownField?.name).toBe('batch_size'), patient);
    expect(session.asked).toEqual(['loadBuiltin']);
    session.plan = { ...session.plan, problems: [] };
    fireEvent.click(screen.getAllByRole('button', { name: 'Use 256' })[0]!);
    expect(screen.queryByText('It cannot start like this.')).toBeNull();
    await screen.findByText('127 MB of graphics memory', {}, patient);
    expect(session.last('plan')?.recipe).toMatchObject({ batch_size: 256 });
  });

  it('plans what the form says last, and drops an answer that was overtaken', async () => {
    stopPlanning = followPlan();
    await open();
    await screen.findByText('127 MB of graphics memory', {}, patient);
    const asked = () => session.commands.filter(({ type }) => type === 'plan').length;
    expect(asked()).toBe(1);
    act(() => setFields({ batch_size: 16 }));
    act(() => setFields({ batch_size: 8 }));
    expect(screen.queryByText(/of graphics memory/)).toBeNull();
    session.plan = { ...session.plan, gpuBytes: 50 * 2 ** 20, exact: false };
    await screen.findByText(/about 50 MB of graphics memory/, {}, patient);
    expect(asked()).toBe(2);

    const late = session.client.plan;
    const answers: (() => void)[] = [];
    session.client.plan = (recipe) =>
      new Promise((resolve) => answers.push(() => resolve(late.call(session.client, recipe))));
    act(() => setFields({ batch_size: 24 }));
    await waitFor(() => expect(answers).toHaveLength(1), patient);
    act(() => setFields({ batch_size: 8 }));
    act(() => setFields({ batch_size: 40 }));
    answers[0]!();
    await waitFor(() => expect(answers).toHaveLength(2), patient);
    expect(screen.queryByText(/of graphics memory/)).toBeNull();
    answers[1]!();
    await screen.findByText(/50 MB of graphics memory/, {}, patient);
  });

  it('does not plan while a run goes', async () => {
    stopPlanning = followPlan();
    await started();
    const before = session.commands.filter(({ type }) => type === 'plan').length;
    act(() => setFields({ lr: 0.001 }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(session.commands.filter(({ type }) => type === 'plan')).toHaveLength(before);
  });

  it('prepares the recipe and starts it, pauses, resumes, steps, resets and stops', async () => {
    await started();
    expect(session.asked).toEqual(['loadBuiltin', 'prepare', 'start']);
    expect(session.last('prepare')?.recipe).toEqual(useSetup.getState().recipe);
    await screen.findByText('the loss', {}, { timeout: 10_000 });
    expect(screen.getByRole('banner').textContent).toContain('step 3');
    fireEvent.click(button('Pause'));
    await waitFor(() => button('Resume'));
    fireEvent.click(button('Step'));
    await waitFor(() => expect(screen.getByRole('banner').textContent).toContain('step 4'));
    fireEvent.click(button('Resume'));
    await waitFor(() => button('Pause'));
    fireEvent.click(button('Stop'));
    await waitFor(() => button('Start again'));
    fireEvent.click(button('Reset'));
    await waitFor(() => expect(screen.getByRole('banner').textContent).toContain('step 0'));
    expect(session.asked.slice(3)).toEqual(['pause', 'step', 'start', 'stop', 'reset']);
  });

  it('says in words how far the kernels are', async () => {
    await open();
    const building = {
      phase: 'preparing',
      activity: 'compiling',
      step: 0,
      stepsPerEpoch: 0,
      epoch: 0,
    } as const;
    const progress = { done: 12, total: 31 };
    act(() => session.send({ type: 'state', state: { ...building, progress, totalSteps: 0 } }));
    expect(header().getByRole('status').textContent).toBe('compiling kernels 12 of 31…');
    act(() => session.send({ type: 'state', state: { ...building, progress, totalSteps: 250 } }));
    expect(screen.getByRole('banner').textContent).toContain('compiling kernels 12 of 31…');
  });

  it('tells the worker when the page is hidden and when it is seen again', async () => {
    await open();
    const stop = followVisibility();
    for (const state of ['hidden', 'visible'] as const) {
      vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state);
      document.dispatchEvent(new Event('visibilitychange'));
      await waitFor(() => expect(session.last('visibility')?.visible).toBe(state === 'visible'));
    }
    stop();
  });

  it('starts and pauses with the space bar and steps with a full stop, but not from a field', async () => {
    await open();
    fireEvent.keyDown(screen.getByLabelText(/^learning rate/), { key: ' ' });
    expect(session.asked).toEqual(['loadBuiltin']);
    fireEvent.keyDown(document.body, { key: ' ' });
    await waitFor(() => button('Pause'));
    act(() => session.train(1));
    fireEvent.keyDown(document.body, { key: '.' });
    fireEvent.keyDown(document.body, { key: ' ' });
    await waitFor(() => button('Resume'));
    fireEvent.keyDown(document.body, { key: '.' });
    await waitFor(() => expect(screen.getByRole('banner').textContent).toContain('step 2'));
  });

  it('lists what of a link could not be used, field by field, and sets up the rest', async () => {
    await open('#preset=confetti-quick&__proto__=1&lr=-1e99&hue=0.5&depth=deep');
    const notice = screen.getByRole('alert');
    expect(within(notice).getAllByRole('listitem')).toHaveLength(3);
    expect(notice.textContent).toContain('__proto__');
    expect(notice.textContent).toContain('lr must be a number');
    expect(useSetup.getState().recipe).toMatchObject({ hue: 0.5, depth: 4, lr: 0.008 });
    fireEvent.click(within(notice).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('does not ask the session for a recipe that cannot start, and leads to the field', async () => {
    await open('#preset=confetti-quick&num_heads=5');
    expect(screen.getByText('It cannot start like this.')).toBeTruthy();
    fireEvent.click(button('Start'));
    await waitFor(() =>
      expect(document.activeElement?.closest('[data-field]')?.getAttribute('data-field')).toBe('num_heads'),
    );
    expect(session.asked).toEqual(['loadBuiltin']);
  });

  it('shows what the session refuses at its field, until the field is changed', async () => {
    await open();
    session.refusals = [
      { field: 'batch_size', kind: 'refusal', message: 'The adapter has too little memory.', suggestion: 16 },
    ];
    fireEvent.click(button('Start'));
    await screen.findAllByText('The adapter has too little memory.');
    expect(button('Start').disabled).toBe(false);
    fireEvent.click(screen.getAllByRole('button', { name: 'Use 16' })[1]!);
    expect(screen.queryByText('The adapter has too little memory.')).toBeNull();
    expect(useSetup.getState().recipe.batch_size).toBe(16);
  });

  it('keeps the run before as what was changed and what came of it', async () => {
    await started();
    fireEvent.click(button('Stop'));
    await waitFor(() => button('Start again'));
    fireEvent.change(screen.getByLabelText(/^hue jitter/), { target: { value: '0.5' } });
    fireEvent.blur(screen.getByLabelText(/^hue jitter/));
    fireEvent.click(button('Start again'));
    await waitFor(() => expect(useHistory.getState().runs).toHaveLength(1));
    const runs = screen.getByRole('region', { name: 'Runs of this visit' });
    expect(within(runs).getByText(/hue jitter 0.1 → 0.5/)).toBeTruthy();
    expect(within(runs).getByRole('heading', { name: 'confetti-quick' })).toBeTruthy();
    expect(useHistory.getState().runs[0]?.file.losses).toHaveLength(3);
  });

  it('keeps a run that could not be replaced', async () => {
    await started();
    fireEvent.click(button('Stop'));
    await waitFor(() => button('Start again'));
    session.refusals = [{ field: 'lr', kind: 'refusal', message: 'No.' }];
    fireEvent.click(button('Start again'));
    await screen.findAllByText('No.');
    expect(useHistory.getState().runs).toHaveLength(0);
    expect(useRun.getState().stepsRecorded).toBe(3);
  });

  it('asks before the page is left with a run that was not downloaded', async () => {
    const leave = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    await open();
    expect(leave()).toBe(false);
    fireEvent.click(button('Start'));
    await waitFor(() => button('Pause'));
    act(() => session.train(3));
    expect(leave()).toBe(true);
    vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:weights');
    fireEvent.click(screen.getByRole('button', { name: 'Weights' }));
    await waitFor(() => expect(leave()).toBe(false));
    act(() => session.train(3));
    fireEvent.click(button('Reset'));
    await screen.findByRole('button', { name: 'Set it up again' });
    expect(leave()).toBe(true);
    fireEvent.click(screen.getByRole('button', { name: 'CSV' }));
    expect(leave()).toBe(false);
  });

  it('says that the worker died and starts another one with the same pictures', async () => {
    await started();
    act(() => session.die('Out of memory.'));
    expect(screen.getByText(/The training worker stopped unexpectedly/)).toBeTruthy();
    expect(useRun.getState().stepsRecorded).toBe(3);
    fireEvent.click(screen.getByRole('button', { name: 'Start the worker again' }));
    await waitFor(() => expect(useSetup.getState().loaded).not.toBeNull());
    expect(session.workers).toBe(2);
    expect(session.asked.filter((type) => type === 'loadBuiltin')).toHaveLength(2);
    expect(screen.getByText(/The run before, until the next one starts/)).toBeTruthy();
  });

  it('imports a folder and takes the preset for photos', async () => {
    await open();
    const file = new File(['x'], 'one.png', { type: 'image/png' });
    Object.defineProperty(file, 'webkitRelativePath', { value: 'waste/glass/one.png' });
    const input = await screen.findByTestId('folder-input', {}, patient);
    fireEvent.change(input, { target: { files: [file] } });
    await waitFor(() => expect(library.imports).toHaveLength(1));
    const { request, succeed } = library.imports[0]!;
    expect(request).toMatchObject({ name: 'waste', files: [{ path: 'waste/glass/one.png' }] });
    act(() => succeed({ id: 'its-id' }));
    await waitFor(() => expect(session.last('openSet')).toMatchObject({ set: 'its-id', seed: 0 }));
    await screen.findByRole('button', { name: /^waste/, pressed: true });
    expect(useSetup.getState()).toMatchObject({ preset: 'photos-quick', recipe: { data: 'folder' } });
  });

  it('keeps the pictures it has when an import brings none', async () => {
    await open();
    const input = await screen.findByTestId('pictures-input', {}, patient);
    fireEvent.change(input, { target: { files: [new File(['x'], 'a.txt')] } });
    await waitFor(() => expect(library.imports).toHaveLength(1));
    const error = {
      code: 'import/no-images',
      message: 'There are no pictures in a.txt.',
      hint: 'Choose another.',
    };
    act(() => library.imports[0]!.end({ ok: false, error, report: null }));
    await screen.findByText('There are no pictures in a.txt.');
    expect(useSetup.getState().recipe.data).toBe('confetti');
    expect(button('Start').disabled).toBe(false);
  });
});
