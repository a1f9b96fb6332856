import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PawsaurError } from '../../../platform/errors';
import { useRun } from '../../store/run';
import { stepSeries } from '../../store/series';
import { sampleBallots } from '../../testing/labelledRun';
import { BallotPanel } from './BallotPanel';

const labels = vi.hoisted(() => ({
  changeLabels: vi.fn(),
  undoLabels: vi.fn(),
  trainIndices: Int32Array.from({ length: 300 }, (_, i) => i),
}));
vi.mock('../../store/labels', () => ({
  changeLabels: labels.changeLabels,
  undoLabels: labels.undoLabels,
  useLabels: (select: (state: object) => unknown) => select({ trainIndices: labels.trainIndices }),
}));
const client = vi.hoisted(() => ({ watchBallots: vi.fn(() => Promise.resolve()) }));
vi.mock('../../store/run', async (load) => ({
  ...(await load<typeof import('../../store/run')>()),
  session: () => client,
}));
const notices = vi.hoisted(() => ({ reportError: vi.fn() }));
vi.mock('../../store/notify', () => notices);

const given = Int32Array.from({ length: 300 }, (_, i) => (i < 50 ? Math.floor(i / 5) : -1));
const show = (report = sampleBallots()) => {
  useRun.setState({
    ballots: report,
    labels: { generation: 1, source: 'budget', classNames: report.classNames, given },
  });
  return render(<BallotPanel />);
};
const cards = () => screen.getAllByRole('button', { name: /Change its label$/ });

beforeEach(() => {
  useRun.setState({ ballots: null, labels: null, diagnosis: null });
  stepSeries.clear();
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

describe('the ballot', () => {
  it('says when the first one comes, and when there is nothing to vote on', () => {
    render(<BallotPanel />);
    expect(screen.getByText(/appears here after the first step/)).toBeTruthy();
    act(() => useRun.setState({ ballots: { ...sampleBallots(), ballots: [] } }));
    expect(screen.getByText(/none to vote on/)).toBeTruthy();
  });

  it('says the pseudo-label before and after sharpening, and that the hidden label agrees', () => {
    show();
    const verdict = screen.getByText(/From global 1 the votes say/);
    expect(verdict.textContent).toMatch(/star with \d+ %. Sharpened to \d+ %.*which global 2 is trained/);
    expect(verdict.textContent).toContain('✓ Right: its hidden label is star.');
    const rows = screen.getAllByRole('row');
    expect(rows).toHaveLength(11);
    expect(rows[1]!.textContent).toMatch(/^starhidden label\d+ % → \d+ %$/);
  });

  it('says in words that it is wrong, or that nobody knows', () => {
    show(sampleBallots({ votedOn: [{ index: 200, leans: 3, truth: 1 }] }));
    expect(screen.getByText('✗ Wrong: its hidden label is gear.')).toBeTruthy();
    act(() =>
      useRun.setState({ ballots: sampleBallots({ votedOn: [{ index: 200, leans: 3, truth: -1 }] }) }),
    );
    expect(screen.getByText('Nobody knows its true class.')).toBeTruthy();
  });

  it('shows the other view’s own votes', () => {
    show();
    const first = cards()[0]!.getAttribute('aria-label');
    fireEvent.click(screen.getByRole('button', { name: 'global 2' }));
    expect(screen.getByText(/From global 2 the votes say/).textContent).toContain(
      'which global 1 is trained',
    );
    expect(cards()[0]!.getAttribute('aria-label')).not.toBe(first);
  });

  it('lists the strongest voters, all of them on demand, or class by class', () => {
    show();
    expect(cards()).toHaveLength(16);
    expect(screen.getByText(/34 more with/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
    expect(cards()).toHaveLength(50);
    fireEvent.click(screen.getByRole('button', { name: 'by class' }));
    expect(cards()[0]!.getAttribute('aria-label')).toMatch(/^picture \d+: star;/);
  });

  it('is walked by arrow keys, one stop of the Tab key', () => {
    show();
    expect(cards().filter((card) => card.tabIndex === 0)).toHaveLength(1);
    cards()[0]!.focus();
    fireEvent.keyDown(cards()[0]!, { key: 'ArrowRight' });
    expect(document.activeElement).toBe(cards()[1]);
    fireEvent.keyDown(cards()[1]!, { key: 'End' });
    expect(document.activeElement).toBe(cards()[15]);
  });

  it('gives the voter in focus another class by its key, and says so until the votes know', () => {
    const report = sampleBallots();
    show(report);
    const index = Number(cards()[0]!.dataset.picture);
    cards()[0]!.focus();
    fireEvent.keyDown(cards()[0]!, { key: '3' });
    expect(labels.changeLabels).toHaveBeenCalledWith({ kind: 'give', indices: [index], class: 2 });
    expect(screen.getByText(/The votes follow with the next ballot/)).toBeTruthy();
    expect(cards()[0]!.getAttribute('aria-label')).toContain('heart, truly star');
    const next = sampleBallots({ step: 50 });
    next.ballots[0]!.supportLabels[index] = 2;
    act(() => useRun.setState({ ballots: next }));
    expect(screen.queryByText(/The votes follow/)).toBeNull();
  });

  it('takes a change back, and leaves the votes as they were when it is refused', () => {
    show();
    fireEvent.click(cards()[0]!);
    fireEvent.change(screen.getByRole('combobox'), { target: { value: '4' } });
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }));
    expect(labels.undoLabels).toHaveBeenCalledTimes(1);
    expect(screen.queryByText(/The votes follow/)).toBeNull();
    labels.changeLabels.mockImplementation(() => {
      throw new PawsaurError('labels/fixed', 'No.');
    });
    fireEvent.keyDown(cards()[0]!, { key: '3' });
    expect(notices.reportError).toHaveBeenCalledTimes(1);
    expect(screen.queryByText(/The votes follow/)).toBeNull();
    labels.changeLabels.mockReset();
  });

  it('leaves keys that give no class of these to others', () => {
    show(sampleBallots({ classNames: ['a', 'b'] }));
    fireEvent.keyDown(cards()[0]!, { key: '3' });
    fireEvent.keyDown(cards()[0]!, { key: '2', ctrlKey: true });
    expect(labels.changeLabels).not.toHaveBeenCalled();
  });

  it('asks for the next pictures, waits for them, and walks on from there', async () => {
    show();
    expect(screen.getByText('151 of 250')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Pictures after these' }));
    expect(client.watchBallots).toHaveBeenCalledWith([201, 202, 203, 204]);
    expect(screen.getByText('asking…')).toBeTruthy();
    const votedOn = [201, 202, 203, 204].map((index) => ({ index, leans: 0, truth: 0 }));
    act(() => useRun.setState({ ballots: sampleBallots({ votedOn }) }));
    expect(screen.getByText('152–155 of 250')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'picture 203' }));
    expect(screen.getByRole('button', { name: 'picture 203' }).getAttribute('aria-pressed')).toBe('true');
  });

  it('says that the watching failed and stops waiting', async () => {
    show();
    client.watchBallots.mockRejectedValueOnce(new PawsaurError('x', 'No.'));
    await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Pictures before these' })));
    expect(notices.reportError).toHaveBeenCalledTimes(1);
    expect(screen.queryByText('asking…')).toBeNull();
  });

  it('draws the entropy gauge with its healthy band and puts warnings into sentences', () => {
    show(sampleBallots({ warnings: ['‘star’ has one label.'] }));
    expect(screen.getByRole('img', { name: /nats of 2.30, in the healthy band/ })).toBeTruthy();
    const warnings = screen.getByRole('list', { name: 'What is thin about these votes' });
    expect(within(warnings).getByText('‘star’ has one label.')).toBeTruthy();
    act(() => useRun.setState({ ballots: { ...sampleBallots(), meanEntropy: 1.2 } }));
    expect(screen.getByRole('img', { name: /below the healthy band: classes are vanishing/ })).toBeTruthy();
  });

  it('draws the strongest of a hundred classes and counts the others', () => {
    const classNames = Array.from({ length: 100 }, (_, i) => `class ${i}`);
    show(sampleBallots({ classNames, perClass: 2 }));
    expect(screen.getAllByRole('row')).toHaveLength(14);
    expect(screen.getByText('88 other classes')).toBeTruthy();
    fireEvent.click(cards()[0]!);
    expect(within(screen.getByRole('combobox')).getAllByRole('option')).toHaveLength(100);
  });
});
