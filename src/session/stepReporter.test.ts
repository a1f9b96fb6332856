import { describe, expect, it } from 'vitest';
import { StepReporter } from './stepReporter';
import { stepRow } from './testing/samples';

function setUp() {
  const clock = { ms: 1000 };
  const reporter = new StepReporter({
    batchSize: 32,
    totalSteps: 100,
    evalEvery: 50,
    buildMs: () => 500,
    gpuBytes: () => 7,
    now: () => clock.ms,
  });
  return { reporter, clock };
}

describe('StepReporter', () => {
  it('tells the first step at once and the others at most ten times a second, losing none', () => {
    const { reporter, clock } = setUp();
    const told: number[][] = [];
    for (let step = 1; step <= 50; step++) {
      clock.ms += 9;
      reporter.add(stepRow(step), 9);
      if (reporter.due) told.push([...reporter.take()!.reports.step]);
    }
    const rest = reporter.take();
    if (rest) told.push([...rest.reports.step]);
    expect(told[0]).toEqual([1]);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told.flat()).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(reporter.take()).toBeNull();
  });

  it('leaves the first step out of the speed', () => {
    const { reporter } = setUp();
    expect(reporter.timing()).toMatchObject({ secondsLeft: null, firstStepMs: null, imagesPerSecond: 0 });
    reporter.add(stepRow(1), 4000);
    expect(reporter.timing()).toMatchObject({ firstStepMs: 4500, stepMs: 4000 });
    for (let step = 2; step <= 9; step++) reporter.add(stepRow(step), 80);
    reporter.add(stepRow(10), 1080);
    const timing = reporter.timing();
    expect(timing.stepMs).toBeCloseTo(180);
    expect(timing.imagesPerSecond).toBeCloseTo(32 / 0.18);
    expect(timing).toMatchObject({ medianStepMs: 80, firstStepMs: 4500, gpuBytes: 7 });
  });

  it('counts the evaluations that are still to come into the time left', () => {
    const { reporter } = setUp();
    reporter.addEvaluation(2000);
    for (let step = 1; step <= 40; step++) reporter.add(stepRow(step), 100);
    expect(reporter.timing().secondsLeft).toBeCloseTo(60 * 0.1 + 2 * 2);
    reporter.addEvaluation(2000);
    for (let step = 41; step <= 100; step++) reporter.add(stepRow(step), 100);
    expect(reporter.timing().secondsLeft).toBeCloseTo(2);
    reporter.addEvaluation(2000);
    expect(reporter.timing().secondsLeft).toBe(0);
  });
});
