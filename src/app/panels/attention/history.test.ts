import { describe, expect, it } from 'vitest';
import type { AttentionReport } from '../../../session/protocol';
import { AttentionHistory } from './history';

function report(step: number, probes = [3, 5]): AttentionReport {
  const n = probes.length;
  return {
    step,
    indices: Int32Array.from(probes),
    heads: 1,
    rows: 1,
    cols: 2,
    student: new Float32Array(n * 2).fill(step),
    teacher: new Float32Array(n * 2),
    studentMasks: new Uint8Array(n * 2),
    teacherMasks: new Uint8Array(n * 2),
    threshold: 0.6,
    imageSize: 2,
    pictures: new Uint8ClampedArray(n * 16),
    truth: null,
    jaccard: null,
  };
}

const steps = (history: AttentionHistory) => history.getReports().map(({ step }) => step);

describe('AttentionHistory', () => {
  it('keeps the first and the latest while it thins the middle', () => {
    const history = new AttentionHistory(8);
    for (let step = 0; step <= 200; step += 10) history.add(report(step));
    const kept = steps(history);
    expect(kept.length).toBeLessThanOrEqual(8);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(200);
    for (let i = 1; i < kept.length; i++) expect(kept[i]!).toBeGreaterThan(kept[i - 1]!);
  });

  it('keeps one copy of the pinned pictures', () => {
    const history = new AttentionHistory();
    history.add(report(0));
    history.add(report(50));
    const [first, second] = history.getReports();
    expect(second!.pictures).toBe(first!.pictures);
    expect(second!.student[0]).toBe(50);
  });

  it('forgets what came after when a run begins anew', () => {
    const history = new AttentionHistory();
    for (const step of [0, 50, 100]) history.add(report(step));
    history.add(report(0));
    expect(steps(history)).toEqual([0]);
  });

  it('starts over with other pictures', () => {
    const history = new AttentionHistory();
    history.add(report(0));
    history.add(report(50, [7, 8]));
    expect(steps(history)).toEqual([50]);
  });

  it('takes the same report once', () => {
    const history = new AttentionHistory();
    const once = report(10);
    let changes = 0;
    history.subscribe(() => changes++);
    history.add(once);
    history.add(once);
    expect(changes).toBe(1);
  });
});
