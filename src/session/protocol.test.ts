import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, parseEvent, thumbnailLimits, transferables } from './protocol';
import { allSampleEvents, sampleEvent } from './testing/samples';

const reasonOf = (parsed: ReturnType<typeof parseEvent> | ReturnType<typeof parseCommand>) =>
  parsed.ok ? 'accepted' : parsed.reason;

describe('parseCommand', () => {
  it.each([
    { type: 'loadBuiltin', id: 1, name: 'confetti', seed: 0, params: { clutter: 4, background: 'grey' } },
    { type: 'openSet', id: 2, set: 'a1', seed: 3 },
    { type: 'describe', id: 2 },
    { type: 'prepare', id: 3, recipe: { lr: 0.001, data: 'folder', conv_stem: true } },
    { type: 'plan', id: 4, recipe: { lr: 0.001, data: 'folder' } },
    { type: 'start', id: 4 },
    { type: 'pause', id: 4 },
    { type: 'step', id: 4 },
    { type: 'reset', id: 4 },
    { type: 'stop', id: 4 },
    { type: 'setLive', id: 5, field: 'teacher_temp', value: 0.02 },
    { type: 'inspect', id: 6 },
    { type: 'exportWeights', id: 7 },
    { type: 'visibility', id: 8, visible: false },
    { type: 'thumbnails', id: 8, indices: [0, 3], size: 32 },
  ])('takes $type', (command) => {
    expect(parseCommand(command)).toEqual({ ok: true, value: command });
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'start'],
    ['an unknown type', { type: 'launch', id: 1 }],
    ['a type of the prototype', { type: 'constructor', id: 1 }],
    ['no id', { type: 'start' }],
    ['a fractional id', { type: 'start', id: 0.5 }],
    ['a path for a built-in set', { type: 'loadBuiltin', id: 1, name: '../x', seed: 0, params: {} }],
    ['a list for a setting', { type: 'loadBuiltin', id: 1, name: 'grey', seed: 0, params: { clutter: [4] } }],
    ['a NaN seed', { type: 'loadBuiltin', id: 1, name: 'grey', seed: Number.NaN, params: {} }],
    ['a set that is no text', { type: 'openSet', id: 1, set: 7, seed: 0 }],
    ['a recipe with an object inside', { type: 'prepare', id: 1, recipe: { lr: {} } }],
    [
      'an infinite live value',
      { type: 'setLive', id: 1, field: 'lr_scale', value: Number.POSITIVE_INFINITY },
    ],
    ['a visibility in words', { type: 'visibility', id: 1, visible: 'hidden' }],
    ['a negative index', { type: 'thumbnails', id: 1, indices: [-1], size: 8 }],
    ['a huge thumbnail', { type: 'thumbnails', id: 1, indices: [1], size: 1e6 }],
    [
      'too many thumbnails',
      { type: 'thumbnails', id: 1, indices: new Array(thumbnailLimits.images + 1).fill(0), size: 8 },
    ],
  ])('refuses %s, with a reason', (_, message) => {
    const parsed = parseCommand(message);
    expect(parsed.ok).toBe(false);
    expect(reasonOf(parsed).length).toBeGreaterThan(5);
  });

  it('names the place of the mistake', () => {
    const message = { type: 'thumbnails', id: 1, indices: [0, 1, 'x'], size: 8 };
    expect(reasonOf(parseCommand(message))).toMatch(/^indices\.2: /);
  });

  it('does not let a recipe reach the prototype', () => {
    const message = { type: 'prepare', id: 1, recipe: JSON.parse('{"__proto__": 1, "lr": 1}') as unknown };
    const parsed = parseCommand(message);
    expect(parsed).toEqual({ ok: true, value: { type: 'prepare', id: 1, recipe: { lr: 1 } } });
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withNullPrototype: true }), (message) => {
        parseCommand(message);
        parseEvent(message);
      }),
    );
  });
});

describe('parseEvent', () => {
  it.each(allSampleEvents().map((event) => [event.type, event] as const))('takes %s', (_, event) => {
    expect(parseEvent(event)).toEqual({ ok: true, value: event });
  });

  it('takes what structured cloning makes of an event', () => {
    for (const event of allSampleEvents()) {
      const cloned: unknown = structuredClone(event, { transfer: transferables(event) });
      expect(reasonOf(parseEvent(cloned))).toBe('accepted');
    }
  });

  it('refuses step columns of unequal length', () => {
    const event = sampleEvent('steps');
    event.reports.loss = new Float64Array(1);
    expect(reasonOf(parseEvent(event))).toContain('columns of unequal length');
  });

  it('refuses plain arrays where typed arrays belong', () => {
    const event = sampleEvent('steps');
    expect(parseEvent({ ...event, reports: { ...event.reports, loss: [1, 2, 3] } }).ok).toBe(false);
  });

  it('refuses attention that does not fit its sizes', () => {
    const event = sampleEvent('attention');
    event.attention.rows = 3;
    expect(reasonOf(parseEvent(event))).toContain('attention arrays');
  });

  it('refuses views with a box too few', () => {
    const event = sampleEvent('views');
    event.views.views[0]!.boxes = [];
    expect(reasonOf(parseEvent(event))).toContain('view arrays');
  });

  it('refuses a score that is not a number', () => {
    const event = sampleEvent('evaluation');
    event.evaluation.knn10 = Number.NaN;
    expect(reasonOf(parseEvent(event))).toMatch(/^evaluation\.knn10/);
  });

  it('refuses a phase it does not know', () => {
    const event = sampleEvent('state');
    expect(parseEvent({ ...event, state: { ...event.state, phase: 'asleep' } }).ok).toBe(false);
  });
});

describe('transferables', () => {
  it('lists every buffer once', () => {
    const event = sampleEvent('attention');
    event.attention.teacher = event.attention.student;
    const buffers = transferables(event);
    expect(new Set(buffers).size).toBe(buffers.length);
    expect(buffers).toContain(event.attention.student.buffer);
    expect(buffers).toContain(event.attention.pictures.buffer);
    expect(buffers).toHaveLength(7);
  });

  it('finds none in plain news', () => {
    expect(transferables(sampleEvent('state'))).toEqual([]);
  });
});
