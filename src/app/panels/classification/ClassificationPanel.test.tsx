import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PawsaurError } from '../../../platform/errors';
import { SessionClient } from '../../../session/client';
import type { SessionState } from '../../../session/protocol';
import { evaluationAt, sampleEvent } from '../../../session/testing/samples';
import { useRun } from '../../store/run';
import { scoreSeries, takeEvent } from '../../store/series';
import { sampleScores } from '../../testing/labelledRun';
import { ClassificationPanel } from './ClassificationPanel';

vi.mock('../plot/plotly', () => ({ loadPlotly: () => new Promise(() => undefined) }));
const client = vi.hoisted(() => ({ fineTune: vi.fn((_: object): Promise<unknown> => Promise.resolve()) }));
vi.mock('../../store/run', async (load) => ({
  ...(await load<typeof import('../../store/run')>()),
  session: () => client,
}));
const notices = vi.hoisted(() => ({ reportError: vi.fn() }));
vi.mock('../../store/notify', () => notices);

const idle = new SessionClient().getState();
const run = (phase: SessionState['phase'], step: number) => ({ run: { ...idle.run, phase, step } });
const prepared = { ...sampleEvent('prepared').prepared, method: 'paws' as const, outDim: 10 };
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name });

function tell(...accuracies: number[]) {
  const evaluations = accuracies.map((accuracy, i) => ({
    ...evaluationAt(50 * i),
    classification: sampleScores(accuracy),
  }));
  for (const evaluation of evaluations) takeEvent({ type: 'evaluation', evaluation });
  useRun.setState({ evaluations });
}

beforeEach(() => {
  useRun.setState({ ...idle, connection: 'ready', prepared, ...run('paused', 50) }, true);
  scoreSeries.clear();
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

describe('the accuracy from labels', () => {
  it('says when it comes, and what a method without labels would need', () => {
    render(<ClassificationPanel />);
    expect(screen.getByText(/drawn here at every evaluation/)).toBeTruthy();
    act(() => useRun.setState({ prepared: { ...prepared, method: 'dino' } }));
    expect(screen.getByText(/No labels are given/)).toBeTruthy();
  });

  it('draws every read-out over the run, held-out or unlabelled', async () => {
    tell(20, 62);
    render(<ClassificationPanel />);
    const said = () => screen.getByRole('slider', { name: /^Accuracy/ }).getAttribute('aria-valuetext') ?? '';
    await vi.waitFor(() => expect(said()).toContain('linear probe 50.0 %'));
    expect(said()).toContain('soft neighbours (head) 62.0 %');
    fireEvent.click(button('unlabelled'));
    await vi.waitFor(() => expect(said()).toContain('soft neighbours (head) 60.0 %'));
    expect(screen.getByText(/From 50 labels it gets 62.0 %/).textContent).toContain(
      '42.0 points more than before',
    );
  });

  it('offers no choice where no hidden label is known', () => {
    const classification = sampleScores(50);
    const readOuts = classification.readOuts.map((each) => ({ ...each, unlabelled: null }));
    useRun.setState({
      evaluations: [{ ...evaluationAt(0), classification: { ...classification, readOuts } }],
    });
    render(<ClassificationPanel />);
    expect(screen.queryByRole('button', { name: 'unlabelled' })).toBeNull();
  });

  it('says each cell of the confusion matrix under the arrow keys, and gives the table', () => {
    tell(50);
    render(<ClassificationPanel />);
    const matrix = screen.getByRole('slider', { name: /Confusion matrix/ });
    fireEvent.focus(matrix);
    fireEvent.keyDown(matrix, { key: 'ArrowRight' });
    const count = sampleScores(50).confusion[1]!;
    expect(matrix.getAttribute('aria-valuetext')).toMatch(
      new RegExp(`^${count} of 40 pictures of star .* called gear\\.$`),
    );
    fireEvent.click(button('As a table'));
    const table = within(screen.getByRole('region', { name: 'Confusion matrix as a table' }));
    expect(table.getAllByRole('row')).toHaveLength(11);
    expect(table.getAllByRole('cell')[1]!.textContent).toBe(String(count));
  });

  it('says that nothing is held out instead of drawing an empty matrix', () => {
    const classification = { ...sampleScores(50), confusion: new Int32Array(100) };
    useRun.setState({ evaluations: [{ ...evaluationAt(0), classification }] });
    render(<ClassificationPanel />);
    expect(screen.getByText(/No picture with a known class is held out/)).toBeTruthy();
    expect(screen.queryByRole('slider', { name: /Confusion matrix/ })).toBeNull();
  });
});

describe('fine-tuning', () => {
  const { fineTuned } = sampleEvent('fineTuned');

  it('waits for the run to rest', () => {
    tell(50);
    useRun.setState(run('running', 50));
    render(<ClassificationPanel />);
    expect(button('Fine-tune a linear head').disabled).toBe(true);
    expect(screen.getByText(/Pause the run to fine-tune/)).toBeTruthy();
    act(() => useRun.setState(run('finished', 700)));
    expect(button('Fine-tune a linear head').disabled).toBe(false);
  });

  it('asks for a linear head with or without the trunk, and for a polish of all', async () => {
    tell(50);
    render(<ClassificationPanel />);
    await act(async () => fireEvent.click(button('Fine-tune a linear head')));
    expect(client.fineTune).toHaveBeenLastCalledWith(
      expect.objectContaining({ kind: 'linear', trunk: false }),
    );
    await act(async () => fireEvent.click(button('Polish with SuNCEt')));
    expect(client.fineTune).toHaveBeenLastCalledWith(
      expect.objectContaining({ kind: 'suncet', trunk: true }),
    );
    fireEvent.click(screen.getByRole('checkbox'));
    await act(async () => fireEvent.click(button('Fine-tune a linear head')));
    expect(client.fineTune).toHaveBeenLastCalledWith(
      expect.objectContaining({ kind: 'linear', trunk: true }),
    );
  });

  it('shows how far it is, then what came of it beside the one before', async () => {
    tell(50);
    let finish: (value: unknown) => void = () => undefined;
    client.fineTune.mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)));
    render(<ClassificationPanel />);
    fireEvent.click(button('Fine-tune a linear head'));
    expect(screen.getByText('Building it…')).toBeTruthy();
    act(() => useRun.setState({ fineTuned }));
    expect(screen.getByText('step 10 of 100, loss 0.700')).toBeTruthy();
    expect(button('Polish with SuNCEt').disabled).toBe(true);
    act(() => useRun.setState({ fineTuned: { ...fineTuned, step: 100, heldOut: 71.2 } }));
    await act(async () => finish(undefined));
    act(() => useRun.setState({ fineTuned: { ...fineTuned, kind: 'suncet', step: 100, heldOut: 75 } }));
    const lines = screen.getAllByRole('listitem').map(({ textContent }) => textContent ?? '');
    expect(lines.filter((line) => line.includes('held-out,'))).toEqual([
      'SuNCEt polish: 75.0 % held-out, 70.0 % unlabelled (100 steps, 1 s)',
      'linear head, trunk frozen: 71.2 % held-out, 70.0 % unlabelled (100 steps, 1 s)',
    ]);
    act(() => useRun.setState({ prepared: { ...prepared }, fineTuned: null }));
    expect(screen.queryByText(/SuNCEt polish:/)).toBeNull();
  });

  it('tells when it failed', async () => {
    tell(50);
    client.fineTune.mockRejectedValueOnce(new PawsaurError('x', 'No.'));
    render(<ClassificationPanel />);
    await act(async () => fireEvent.click(button('Polish with SuNCEt')));
    expect(notices.reportError).toHaveBeenCalledTimes(1);
    expect(button('Polish with SuNCEt').disabled).toBe(false);
  });
});
