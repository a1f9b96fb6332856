import { describe, expect, it } from 'vitest';
import { findPreset, isFieldName, type MethodName, methodFacts, methodNames } from '../../recipe';
import { DIAGNOSED_STEPS, type DiagnosisInput, diagnose } from '.';

const presetOf = {
  dino: 'confetti-quick',
  paws: 'grey-paws-quick',
  swav: 'swav-quick',
  supervised: 'supervised-quick',
};

/** A run at its end, every number of its method the same. */
function run(method: MethodName, value: number): DiagnosisInput {
  const report = Object.fromEntries(Object.keys(methodFacts[method].series).map((name) => [name, value]));
  return {
    method,
    step: 500,
    totalSteps: 500,
    warmupSteps: 50,
    reports: new Array(DIAGNOSED_STEPS).fill(report),
    evaluations: [],
    wholeImage: null,
    classes: 10,
    supervised: null,
    recipe: findPreset(presetOf[method])!.recipe,
  };
}

describe('diagnosis of any method', () => {
  it.each(methodNames)('of %s is made by its own judge from its own series', (method) => {
    const found = diagnose(run(method, 0.5));
    expect(found.state).not.toBe('diverged');
    const own = [...Object.keys(methodFacts[method].series), 'featureSpread', 'gap'];
    for (const { name } of found.gauges) expect(own).toContain(name);
    // Every series that a gauge shows was found among the reports.
    const shown = found.gauges.filter(({ name }) => name in methodFacts[method].series);
    expect(shown.length).toBeGreaterThan(1);
    for (const { value } of shown) expect(value).toBeGreaterThan(0);
    expect(diagnose(run(method, Number.NaN)).state).toBe('diverged');
  });

  it.each(methodNames)('of %s says what it saw and advises fields that exist', (method) => {
    for (const value of [0.01, 0.5, 1.5, Math.log(10), Math.log(64), 99]) {
      const { sentence, tryThis, state } = diagnose(run(method, value));
      expect(sentence).not.toMatch(/NaN|undefined|Infinity/);
      if (state !== 'healthy' && state !== 'slow') expect(tryThis.length).toBeGreaterThan(0);
      expect(tryThis.length).toBeLessThanOrEqual(4);
      for (const { field, text } of tryThis) {
        if (field !== null) expect(isFieldName(field)).toBe(true);
        if (field !== null) expect(text).toContain(field);
      }
    }
  });
});
