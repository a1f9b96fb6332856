import { describe, expect, it } from 'vitest';
import { ColumnTable, scoreSeries, speedSeries, stepSeries, takeEvent } from './series';

/** A table whose frames are advanced by hand. */
function tableWithFrames() {
  const frames: (() => void)[] = [];
  const table = new ColumnTable(['step', 'loss'], (callback) => frames.push(callback));
  const runFrames = () => {
    for (const frame of frames.splice(0)) frame();
  };
  return { table, frames, runFrames };
}

function stepReports(steps: number[], loss: number) {
  const fill = (value: number) => Float64Array.from(steps, () => value);
  return {
    step: Float64Array.from(steps),
    loss: fill(loss),
    teacherEntropy: fill(2),
    meanTeacherEntropy: fill(4),
    kl: fill(1),
    gradNorm: fill(3),
    lr: fill(0.001),
    weightDecay: fill(0.04),
    momentum: fill(0.99),
    teacherTemp: fill(0.02),
    studentTemp: fill(0.1),
  };
}

describe('ColumnTable', () => {
  it('keeps every row while it grows past its first capacity', () => {
    const { table } = tableWithFrames();
    for (let step = 1; step <= 1000; step++) table.push({ step, loss: step / 2 });
    expect(table.length).toBe(1000);
    expect(table.column('loss')[0]).toBe(0.5);
    expect(table.column('loss')[999]).toBe(500);
    expect([...table.column('step')]).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  it('tells its listeners once for many appends in one frame', () => {
    const { table, frames, runFrames } = tableWithFrames();
    let calls = 0;
    const stop = table.subscribe(() => calls++);
    table.push({ step: 1, loss: 1 });
    table.push({ step: 2, loss: 1 });
    expect(calls).toBe(0);
    expect(frames.length).toBe(1);
    runFrames();
    expect(calls).toBe(1);
    table.clear();
    runFrames();
    expect(calls).toBe(2);
    stop();
    table.push({ step: 1, loss: 1 });
    runFrames();
    expect(calls).toBe(2);
  });

  it('drops what came after when the run goes back in time', () => {
    const { table } = tableWithFrames();
    table.append({ step: [1, 2, 3, 4], loss: [4, 3, 2, 1] });
    table.append({ step: [3, 4], loss: [9, 8] });
    expect([...table.column('step')]).toEqual([1, 2, 3, 4]);
    expect([...table.column('loss')]).toEqual([4, 3, 9, 8]);
  });

  it('writes unknown values as empty CSV fields and numbers in full', () => {
    const { table } = tableWithFrames();
    table.append({ step: [1, 2], loss: [0.1 + 0.2, Number.NaN] });
    expect(table.toCsv()).toBe('step,loss\n1,0.30000000000000004\n2,\n');
  });

  it('refuses a column that it does not have', () => {
    expect(() => tableWithFrames().table.column('kl')).toThrow(RangeError);
  });
});

describe('takeEvent', () => {
  const prepared = {
    method: 'dino' as const,
    totalSteps: 10,
    stepsPerEpoch: 5,
    batchSize: 4,
    outDim: 64,
    featureDim: 8,
    hasAttention: true,
    warnings: [],
  };

  const evaluation = {
    step: 0,
    classification: null,
    testImages: 40,
    bankImages: 160,
    knn10: 50,
    knn20: null,
    looKnn10: null,
    jaccardHeadMean: null,
    jaccardBestHead: null,
    jaccardMeanMap: null,
    jaccardX2: null,
    featureDim: 8,
    featureStd: 0.1,
    featureStdScaled: 0.3,
    rankMe: 5,
    seconds: 1,
  };

  it('collects steps, speed and scores, and starts over with the next run', () => {
    takeEvent({ type: 'prepared', prepared });
    takeEvent({ type: 'evaluation', evaluation });
    takeEvent({ type: 'steps', reports: stepReports([1, 2], 3.5) });
    takeEvent({
      type: 'timing',
      timing: { stepMs: 80, imagesPerSecond: 400, secondsLeft: null, gpuBytes: 1, firstStepMs: null },
    });
    expect([...stepSeries.column('loss')]).toEqual([3.5, 3.5]);
    expect([...speedSeries.column('step')]).toEqual([2]);
    expect(scoreSeries.column('knn10')[0]).toBe(50);
    expect(scoreSeries.column('knn20')[0]).toBeNaN();

    takeEvent({ type: 'prepared', prepared });
    expect([stepSeries.length, speedSeries.length, scoreSeries.length]).toEqual([0, 0, 0]);
  });

  it('takes the columns of the method that trains; another method’s hold nothing', () => {
    takeEvent({ type: 'prepared', prepared: { ...prepared, method: 'paws' } });
    const names = [...stepSeries.names];
    expect(names).toContain('pseudoCorrect');
    expect(names).not.toContain('teacherTemp');
    const reports = Object.fromEntries(names.map((name) => [name, Float64Array.of(1, 2)]));
    takeEvent({ type: 'steps', reports: { ...reports, step: Float64Array.of(1, 2) } });
    expect([...stepSeries.column('pseudoCorrect')]).toEqual([1, 2]);
    expect([...stepSeries.column('teacherTemp')]).toEqual([Number.NaN, Number.NaN]);
    expect(() => stepSeries.column('nonsense')).toThrow(RangeError);
    expect(stepSeries.toCsv().split('\n')[0]).toBe(names.join(','));
  });

  it('draws what the labels are worth, and leaves scores of other labels out of the curve', () => {
    const classification = {
      classNames: ['a', 'b'],
      labels: 4,
      readOuts: [{ id: 'snnHead' as const, heldOut: 62.5, unlabelled: null }],
      shown: 'snnHead' as const,
      confusion: Int32Array.of(3, 1, 2, 2),
      classAccuracy: [75, 50],
      calibrationError: 12,
      reliability: [],
    };
    takeEvent({ type: 'prepared', prepared });
    takeEvent({ type: 'evaluation', evaluation: { ...evaluation, classification } });
    takeEvent({ type: 'evaluation', replyTo: 3, evaluation: { ...evaluation, step: 1 } });
    expect([...scoreSeries.column('step')]).toEqual([0]);
    expect(scoreSeries.column('snnHeadHeldOut')[0]).toBe(62.5);
    expect(scoreSeries.column('snnHeadUnlabelled')[0]).toBeNaN();
    expect(scoreSeries.column('linearHeldOut')[0]).toBeNaN();
  });
});
