import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planMemory } from './memoryPlan';
import { type RecordedBuffer, type RecordedOperation, type Recording, withoutDeadCode } from './recording';

const dispatch = (reads: number[], writes: number[]): RecordedOperation => ({
  kind: 'dispatch',
  name: 'f',
  bindings: [...reads, ...writes],
  reads,
  writes,
  pipeline: null,
  uniforms: null,
  groups: [1, 1, 1],
});
const copy = (from: number, to: number): RecordedOperation => ({
  kind: 'copy',
  name: 'copy',
  reads: [from],
  writes: [to],
});
const temporary = (bytes: number): RecordedBuffer => ({ kind: 'temporary', bytes });
const state = { label: 'state' } as GPUBuffer;
const inState = (offset: number, size: number): RecordedBuffer => ({
  kind: 'external',
  bytes: size,
  region: { buffer: state, offset, size },
});

/** Sizes are one of two, so that slots are shared; four places of state. */
const recordings = fc
  .record({
    sizes: fc.array(fc.constantFrom(4, 8, 12), { minLength: 2, maxLength: 12 }),
    steps: fc.array(
      fc.record({
        reads: fc.array(fc.nat(), { maxLength: 3 }),
        write: fc.nat(),
        toState: fc.boolean(),
        place: fc.nat(3),
        isCopy: fc.boolean(),
      }),
      { minLength: 1, maxLength: 25 },
    ),
    kept: fc.nat(),
  })
  .map(({ sizes, steps, kept }): Recording => {
    const places = [0, 256, 512, 768];
    const buffers = [...places.map((offset) => inState(offset, 12)), ...sizes.map(temporary)];
    const first = places.length;
    const written = new Set<number>();
    const operations = steps.flatMap(({ reads, write, toState, place, isCopy }): RecordedOperation[] => {
      const known = [...written];
      const sources = known.length > 0 ? reads.map((i) => known[i % known.length] as number) : [];
      const target = first + (write % sizes.length);
      if (toState && sources[0] !== undefined) {
        return isCopy ? [copy(sources[0], place)] : [dispatch(sources, [place])];
      }
      if (sources.includes(target)) return [];
      written.add(target);
      // State is read, too.
      return [dispatch(isCopy ? [...sources, place] : sources, [target])];
    });
    const keeps = [...written];
    const keep = keeps.length > 0 ? [keeps[kept % keeps.length] as number] : [];
    return { buffers, operations, kept: new Set(keep) };
  });

/** Runs a recording on labels instead of numbers; says what ends up in state and in what is kept. */
function play(
  { operations, buffers, kept }: Recording,
  placeOf: (id: number) => string,
): { results: string[]; conflict: boolean } {
  const memory = new Map<string, string>();
  let conflict = false;
  const read = (id: number) => memory.get(placeOf(id)) ?? `old ${placeOf(id)}`;
  operations.forEach((operation) => {
    const values = operation.reads.map(read);
    const physical = (id: number) => placeOf(id).split(' ')[0];
    if (operation.kind === 'dispatch') {
      const written = operation.writes.map(physical);
      conflict ||= operation.reads.some((id) => written.includes(physical(id)));
    }
    for (const id of operation.writes) {
      memory.set(placeOf(id), operation.kind === 'copy' ? (values[0] as string) : `f(${values})`);
    }
  });
  const results = buffers.flatMap(({ kind }, id) => (kind === 'external' || kept.has(id) ? [read(id)] : []));
  return { results, conflict };
}

const apart =
  ({ buffers }: Recording) =>
  (id: number) => {
    const buffer = buffers[id];
    return buffer?.kind === 'external' ? `state ${buffer.region.offset}` : `own${id} 0`;
  };

describe('planMemory', () => {
  it('changes no result, whatever the step, and never binds one buffer for reading and writing', () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        const live = withoutDeadCode(recording);
        const { placements, operations } = planMemory(live);
        const placeOf = (id: number): string => {
          const placement = placements.get(id);
          if (!placement) return apart(recording)(id);
          return 'slot' in placement ? `slot${placement.slot} 0` : `state ${placement.region.offset}`;
        };
        const expected = play(recording, apart(recording));
        const planned = play({ ...live, operations }, placeOf);
        // What was in a slot before is garbage; a generated step may read a temporary that dead code wrote.
        fc.pre(!expected.results.some((result) => result.includes('old own')));
        expect(planned.results).toEqual(expected.results);
        if (!expected.conflict) expect(planned.conflict).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('fits every temporary into its slot', () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        const { slots, placements } = planMemory(withoutDeadCode(recording));
        for (const [id, placement] of placements) {
          if (!('slot' in placement)) continue;
          expect(slots[placement.slot]).toBeGreaterThanOrEqual(recording.buffers[id]?.bytes as number);
        }
      }),
    );
  });

  it('gives a chain of operations two slots, however long it is', () => {
    const buffers = Array.from({ length: 10 }, () => temporary(100));
    const operations = buffers.slice(1).map((_, i) => dispatch([i], [i + 1]));
    const { slots } = planMemory({
      buffers,
      operations: [dispatch([], [0]), ...operations],
      kept: new Set([9]),
    });
    expect(slots).toEqual([100, 100]);
  });

  it('makes a temporary in the place it is copied to, unless that place is used meanwhile', () => {
    const buffers = [inState(0, 8), temporary(8), temporary(8)];
    const make = dispatch([], [1]);
    const plan = (operations: RecordedOperation[]) => planMemory({ buffers, operations, kept: new Set() });
    expect(plan([make, copy(1, 0)])).toMatchObject({ slots: [], operations: [make] });
    expect(plan([make, dispatch([0], [2]), copy(1, 0)]).slots).toHaveLength(2);
    const sameBuffer = [inState(0, 8), temporary(8), inState(256, 8)];
    const reading = dispatch([2], [1]);
    const copied = planMemory({ buffers: sameBuffer, operations: [reading, copy(1, 0)], kept: new Set() });
    expect(copied.slots).toEqual([8]);
  });
});

describe('withoutDeadCode', () => {
  it('keeps what state and kept outputs depend on, and nothing else', () => {
    const buffers = [inState(0, 4), temporary(4), temporary(4), temporary(4), temporary(4)];
    const [a, b, unused, c] = [dispatch([], [1]), dispatch([1], [2]), dispatch([1], [3]), dispatch([2], [0])];
    const live = withoutDeadCode({ buffers, operations: [a, b, unused, c], kept: new Set() });
    expect(live.operations).toEqual([a, b, c]);
    const forOutput = withoutDeadCode({ buffers, operations: [a, b, unused], kept: new Set([3]) });
    expect(forOutput.operations).toEqual([a, unused]);
  });
});
