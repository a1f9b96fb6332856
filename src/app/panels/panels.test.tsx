import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { officialRecipeOf } from '../../recipe';
import {
  type AttentionReport,
  type DatasetSummary,
  type EvaluationReport,
  type PreparedReport,
  stepColumns,
} from '../../session/protocol';
import { stepBatch } from '../../session/testing/samples';
import { useRun } from '../store/run';
import { scoreSeries, stepSeries, takeEvent } from '../store/series';
import { AttentionPanel, CollapsePanel, HealthBanner, KnowsClassesPanel, LossPanel, ViewsPanel } from '.';
import { attentionHistory } from './attention/history';
import { crosshair } from './plot/crosshair';

const actions = vi.hoisted(() => ({ changeField: vi.fn(), startWith: vi.fn() }));
vi.mock('../store/actions', () => actions);

vi.mock('./plot/plotly', () => ({ loadPlotly: () => new Promise(() => undefined) }));

const prepared: PreparedReport = {
  method: 'dino',
  totalSteps: 100,
  stepsPerEpoch: 10,
  batchSize: 8,
  outDim: 64,
  featureDim: 16,
  hasAttention: true,
  warnings: [],
};
const dataset = { labelledCount: 10, hasMasks: true } as DatasetSummary;
const evaluation: EvaluationReport = {
  step: 0,
  classification: null,
  testImages: 100,
  bankImages: 400,
  knn10: 66,
  knn20: 65,
  looKnn10: 64,
  jaccardHeadMean: 20,
  jaccardBestHead: 39,
  jaccardMeanMap: 21,
  jaccardX2: null,
  featureDim: 16,
  featureStd: 0.1,
  featureStdScaled: 0.4,
  rankMe: 7,
  seconds: 1,
};

function attentionReport(step: number, jaccard: number): AttentionReport {
  return {
    step,
    indices: Int32Array.of(1600, 1601),
    heads: 2,
    rows: 1,
    cols: 2,
    student: new Float32Array(8).fill(0.25),
    teacher: Float32Array.of(0.4, 0.1, 0.1, 0.4, 0.4, 0.1, 0.1, 0.4),
    studentMasks: new Uint8Array(8),
    teacherMasks: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 1),
    threshold: 0.6,
    imageSize: 2,
    pictures: new Uint8ClampedArray(2 * 16),
    truth: new Uint8Array(8),
    jaccard: new Float32Array(4).fill(jaccard),
  };
}

function pushLosses(losses: readonly number[]) {
  losses.forEach((loss, i) => {
    const rest = { gradNorm: 1, lr: 0.001, weightDecay: 0.04, momentum: 0.99, teacherTemp: 0.02 };
    stepSeries.push({
      step: i + 1,
      loss,
      teacherEntropy: loss - 1,
      meanTeacherEntropy: 4,
      kl: 1,
      studentTemp: 0.1,
      ...rest,
    });
  });
}

const settle = () => act(() => new Promise((resolve) => setTimeout(resolve, 50)));

beforeEach(() => {
  useRun.setState({
    prepared: null,
    dataset: null,
    evaluations: [],
    baselines: null,
    attention: null,
    views: null,
    diagnosis: null,
    recipe: null,
  });
  stepSeries.begin(stepColumns('dino'));
  scoreSeries.clear();
  attentionHistory.clear();
});
afterEach(() => {
  cleanup();
  crosshair.set(null);
  vi.clearAllMocks();
});

describe('the loss panel', () => {
  it('says what will appear, then tells the latest values and the limit to a screen reader', async () => {
    render(<LossPanel />);
    expect(screen.getByText(/drawn here from the first step on/)).toBeTruthy();
    act(() => {
      useRun.setState({ prepared });
      pushLosses([4.1, 3.9]);
    });
    await settle();
    expect(screen.getByText(/ln 64 = 4\.159: saying nothing/)).toBeTruthy();
    const slider = screen.getByRole('slider', { name: 'Loss: step' });
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^step 2: loss 3\.9/);
  });

  it('walks the steps by arrow keys, in all plots at once', async () => {
    useRun.setState({ prepared });
    pushLosses([4.1, 4, 3.9, 3.8]);
    render(<LossPanel />);
    await settle();
    const slider = screen.getByRole('slider', { name: 'Loss: step' });
    fireEvent.keyDown(slider, { key: 'Home' });
    expect(crosshair.getStep()).toBe(1);
    fireEvent.keyDown(slider, { key: 'ArrowRight' });
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^step 2:/);
    fireEvent.keyDown(slider, { key: 'Escape' });
    expect(crosshair.getStep()).toBeNull();
  });

  it('brings in KL and teacher entropy when asked', async () => {
    useRun.setState({ prepared });
    pushLosses([4.1, 4]);
    render(<LossPanel />);
    await settle();
    fireEvent.click(screen.getByRole('button', { name: /KL/ }));
    const slider = screen.getByRole('slider', { name: 'Loss: step' });
    expect(slider.getAttribute('aria-valuetext')).toContain('KL 1.000');
  });
});

describe('the loss of a method with labels', () => {
  it('is called PAWS + CE while the label loss is on, and ends at ln C', async () => {
    const recipe = { ...officialRecipeOf('paws'), support_ce_weight: 1 };
    useRun.setState({ prepared: { ...prepared, method: 'paws', outDim: 10 }, recipe });
    takeEvent({ type: 'prepared', prepared: { ...prepared, method: 'paws', outDim: 10 } });
    takeEvent({ type: 'steps', reports: stepBatch(1, 3, 'paws') });
    render(<LossPanel />);
    await settle();
    expect(screen.getByText(/PAWS \+ CE/)).toBeTruthy();
    expect(screen.getByText(/ln 10 = 2\.303: every class alike/)).toBeTruthy();
    expect(screen.getByRole('button', { name: /^votes/ })).toBeTruthy();
    act(() => useRun.setState({ recipe: { ...recipe, support_ce_weight: 0 } }));
    expect(screen.getByText(/PAWS: votes on the views, and nothing else/)).toBeTruthy();
  });
});

describe('the k-NN panel', () => {
  it('says that pictures without labels cannot be asked for classes', () => {
    useRun.setState({ dataset: { ...dataset, labelledCount: 0 } });
    render(<KnowsClassesPanel />);
    expect(screen.getByText(/These pictures have no labels/)).toBeTruthy();
    expect(screen.queryByRole('slider')).toBeNull();
  });

  it('puts the score into words', () => {
    useRun.setState({ dataset, prepared, evaluations: [evaluation] });
    render(<KnowsClassesPanel />);
    expect(screen.getByText(/66\.0 % of the held-out pictures/)).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'leave-one-out' }));
    expect(screen.getByText(/64\.0 % of the pictures .* over 500 pictures/)).toBeTruthy();
  });
});

describe('the attention panel', () => {
  it('says why a convolutional network shows none, and what to choose', () => {
    useRun.setState({ prepared: { ...prepared, hasAttention: false } });
    render(<AttentionPanel />);
    expect(screen.getByText(/no attention to draw/).textContent).toContain('photos-attention');
  });

  it('draws picture, heads, mean and mask, scores them, and goes back in time', async () => {
    const later = { ...evaluation, step: 50, jaccardHeadMean: 37.3 };
    useRun.setState({
      prepared,
      dataset,
      evaluations: [evaluation, later],
      attention: attentionReport(0, 10),
    });
    render(<AttentionPanel />);
    act(() => useRun.setState({ attention: attentionReport(50, 30) }));
    await settle();
    const rows = ['picture', 'head 1', 'head 2', 'mean', 'mask'];
    for (const row of rows) expect(screen.getByRole('button', { name: `picture 2, ${row}` })).toBeTruthy();
    expect(screen.getByText(/mean over heads/).textContent).toContain('37.3');
    fireEvent.change(screen.getByRole('slider', { name: 'Step of the attention maps' }), {
      target: { value: '0' },
    });
    await settle();
    expect(screen.getByText(/mean over heads/).textContent).toContain('20.0');
    expect(screen.getAllByText('10')).toHaveLength(2);
  });

  it('enlarges the cell in focus and says its numbers', async () => {
    useRun.setState({ prepared, dataset, attention: attentionReport(0, 10) });
    render(<AttentionPanel />);
    await settle();
    fireEvent.focus(screen.getByRole('button', { name: 'picture 1, head 1' }));
    expect(screen.getByRole('status').textContent).toMatch(/picture 1, head 1: strongest patch 40\.0 %/);
    fireEvent.keyDown(screen.getByRole('button', { name: 'picture 1, head 1' }), { key: 'Escape' });
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('of a method without a teacher draws and scores the one network there is', async () => {
    const alone = { ...attentionReport(0, 10), teacher: null, teacherMasks: null };
    useRun.setState({ prepared: { ...prepared, method: 'paws' }, dataset, attention: alone });
    render(<AttentionPanel />);
    await settle();
    expect(screen.queryByRole('button', { name: 'teacher' })).toBeNull();
    expect(screen.getAllByText('10')).toHaveLength(2);
  });

  it('shows no Jaccard of the teacher under the student’s maps', async () => {
    useRun.setState({ prepared, dataset, attention: attentionReport(0, 10) });
    render(<AttentionPanel />);
    await settle();
    expect(screen.getAllByText('10')).toHaveLength(2);
    fireEvent.click(screen.getByRole('button', { name: 'student' }));
    await settle();
    expect(screen.queryAllByText('10')).toHaveLength(0);
  });
});

describe('the views panel', () => {
  it('names every view and gives each pair its cross-entropy', async () => {
    const box = { top: 0, left: 0, height: 2, width: 1, flip: true };
    const view = (name: string) => ({ name, size: 1, boxes: [box], pixels: new Uint8ClampedArray(4) });
    render(<ViewsPanel />);
    expect(screen.getByText(/appear here after the first step/)).toBeTruthy();
    act(() =>
      useRun.setState({
        views: {
          step: 7,
          indices: Int32Array.of(3),
          views: ['global 1', 'global 2', 'local 1'].map(view),
          answers: {
            terms: Float32Array.of(0, 3.5, 3.6, 3.7, 0, 3.8),
            targets: Float32Array.of(0.9, 0.1, 0.2, 0.8),
            predictions: Float32Array.of(0.5, 0.5, 0.25, 0.75, 0.875, 0.125),
          },
          imageSize: 2,
          pictures: new Uint8ClampedArray(16),
        },
      }),
    );
    await settle();
    expect(screen.getByRole('button', { name: 'local 1, mirrored: show its box' })).toBeTruthy();
    expect(screen.getByText('3.60')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'global 2' }));
    expect(screen.getByText('3.80')).toBeTruthy();
    expect(screen.queryByText('3.60')).toBeNull();
  });
});

describe('the views of a method with labels', () => {
  const view = (name: string) => ({
    name,
    size: 1,
    boxes: [{ top: 0, left: 0, height: 2, width: 1, flip: false }],
    pixels: new Uint8ClampedArray(4),
  });
  const report = {
    step: 7,
    indices: Int32Array.of(3),
    views: ['global 1', 'global 2'].map(view),
    answers: {
      terms: Float32Array.of(0, 1.5, 1.6, 0),
      targets: Float32Array.of(0.9, 0.1, 0.2, 0.8),
      predictions: Float32Array.of(0.5, 0.5, 0.25, 0.75),
    },
    imageSize: 2,
    pictures: new Uint8ClampedArray(16),
  };
  const named = { ...dataset, classNames: ['cat', 'dog'] } as DatasetSummary;

  it('answer in classes by name', async () => {
    useRun.setState({ prepared: { ...prepared, method: 'paws' }, dataset: named, views: report });
    render(<ViewsPanel />);
    await settle();
    expect(screen.getByText(/the pseudo-label from/)).toBeTruthy();
    expect(screen.getByText(/cat: 90 %/)).toBeTruthy();
    expect(screen.getByText(/dog: 75 %/)).toBeTruthy();
  });

  it('are shown alone where nothing is compared', async () => {
    const prepare = { ...prepared, method: 'supervised' as const };
    useRun.setState({ prepared: prepare, dataset: named, views: { ...report, answers: null } });
    render(<ViewsPanel />);
    await settle();
    expect(screen.getByRole('button', { name: 'global 2: show its box' })).toBeTruthy();
    expect(screen.queryByText(/and each view’s answer/)).toBeNull();
  });
});

describe('the collapse gauges', () => {
  it('read the run against the bands of its diagnosis', async () => {
    useRun.setState({
      prepared: { ...prepared, outDim: Math.round(Math.exp(4)) },
      diagnosis: {
        step: 60,
        state: 'slow',
        title: 'Learning slowly',
        sentence: '…',
        tryThis: [],
        gauges: [{ name: 'kl', label: 'KL', value: 1, healthy: [2, 3], limits: [], state: 'low' }],
      },
    });
    pushLosses([4, 4, 4]);
    render(<CollapsePanel />);
    await settle();
    expect(screen.getByText('below the healthy band')).toBeTruthy();
    expect(screen.getByText('0.75')).toBeTruthy();
  });
});

describe('the health banner', () => {
  const diagnosis = {
    step: 120,
    state: 'uniform' as const,
    title: 'Uniform collapse',
    sentence: 'The loss sits at 4.158.',
    tryThis: [
      { field: 'teacher_temp', value: 0.02, text: 'Lower teacher_temp to 0.02.' },
      { field: 'hue', value: 0.1, text: 'Lower hue to 0.1.' },
      { field: '__proto__', value: 1, text: 'Nonsense.' },
      { field: null, value: null, text: 'Train longer.' },
    ],
    gauges: [],
  };

  it('changes a live setting at once, and starts again for any other', () => {
    useRun.setState({ prepared, diagnosis });
    render(<HealthBanner />);
    expect(screen.getByRole('status').textContent).toContain('Uniform collapse. The loss sits at 4.158.');
    fireEvent.click(screen.getByRole('button', { name: 'Do it now' }));
    expect(actions.changeField).toHaveBeenCalledWith('teacher_temp', 0.02);
    fireEvent.click(screen.getByRole('button', { name: 'Start again with it' }));
    expect(actions.startWith).toHaveBeenCalledWith({ hue: 0.1 });
  });

  it('offers no button for advice that names no field of the recipe', () => {
    useRun.setState({ prepared, diagnosis });
    render(<HealthBanner />);
    expect(screen.getAllByRole('button')).toHaveLength(2);
    expect(screen.getByText('Train longer.')).toBeTruthy();
  });
});
