import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelPick, pickLabels } from './pickLabels';

/** Unit vectors at these angles in degrees, their lengths all different. */
function fan(...degrees: number[]): Float32Array {
  return Float32Array.from(
    degrees.flatMap((angle, i) => {
      const radians = (angle * Math.PI) / 180;
      return [(i + 1) * Math.cos(radians), (i + 1) * Math.sin(radians)];
    }),
  );
}

function pick(features: Float32Array, changes: Partial<LabelPick>): LabelPick {
  const none = new Int32Array(features.length / 2).fill(-1);
  return { features, dim: 2, known: none, given: none, classes: 3, perClass: 1, seed: 0, ...changes };
}

describe('picking labels', () => {
  // Three bundles of directions; the middle one of each is nearest to its centre.
  const bundles = fan(0, 2, 5, 100, 104, 108, 109, 240, 245, 247);

  it('takes the picture nearest to the centre of each kind, the largest kind first', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const rows = await pickLabels(pick(bundles, { seed }));
      expect(rows[0]).toBe(4);
      expect([...rows].sort()).toEqual([1, 4, 8]);
    }
  });

  it('picks within each class where classes are known, and nothing of unknown class', async () => {
    const known = Int32Array.of(0, 0, -1, 0, 0, -1, 1, 1, 1, 1);
    const rows = await pickLabels(pick(bundles, { known, classes: 3, perClass: 2 }));
    expect(rows).toHaveLength(4);
    expect([...rows.subarray(0, 2)].map((row) => (row < 3 ? 'low' : 'high')).sort()).toEqual(['high', 'low']);
    expect([...rows.subarray(2)].sort()).toEqual([6, 8]);
  });

  it('counts what is labelled already, and looks elsewhere', async () => {
    const given = Int32Array.from({ length: 10 }, (_, row) => (row === 5 ? 0 : -1));
    const rows = await pickLabels(pick(bundles, { given }));
    expect([...rows].sort()).toEqual([1, 8]);
    const known = new Int32Array(10).fill(0);
    expect(await pickLabels(pick(bundles, { known, given, perClass: 1 }))).toHaveLength(0);
    expect([...(await pickLabels(pick(bundles, { known, given, perClass: 3 })))].sort()).toEqual([1, 8]);
  });

  it('trusts a given label before the class that is known', async () => {
    const known = new Int32Array(10).fill(0);
    const given = Int32Array.from({ length: 10 }, (_, row) => (row < 3 ? 1 : -1));
    const rows = await pickLabels(pick(bundles, { known, given, classes: 2, perClass: 2 }));
    expect([...rows].sort()).toEqual([4, 8]);
  });

  it('takes pictures that look the same only when there are no others', async () => {
    const rows = await pickLabels(pick(fan(10, 10, 10, 10, 80), { classes: 1, perClass: 3 }));
    expect(rows).toHaveLength(3);
    expect(rows).toContain(4);
    expect(new Set(rows).size).toBe(3);
  });

  it('comes last to pictures whose features are no numbers', async () => {
    const features = fan(0, 50, 100);
    features[0] = Number.NaN;
    expect([...(await pickLabels(pick(features, { classes: 1, perClass: 2 })))].sort()).toEqual([1, 2]);
    expect(await pickLabels(pick(features, { classes: 1, perClass: 3 }))).toHaveLength(3);
  });

  it('never picks a picture twice or one with a label, and picks as many as there are', async () => {
    const picture = fc.record({
      angle: fc.integer({ min: 0, max: 30 }).map((step) => step * 12),
      known: fc.integer({ min: -1, max: 2 }),
      given: fc.constantFrom(-1, -1, -1, 0, 1, 2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(picture, { maxLength: 25 }),
        fc.nat(6),
        fc.nat(1000),
        async (pictures, perClass, seed) => {
          const known = Int32Array.from(pictures, (p) => p.known);
          const given = Int32Array.from(pictures, (p) => p.given);
          const input = pick(fan(...pictures.map(({ angle }) => angle)), { known, given, perClass, seed });
          const rows = await pickLabels(input);
          expect(new Set(rows).size).toBe(rows.length);
          expect([...rows].every((row) => given[row] === -1)).toBe(true);
          expect([...(await pickLabels(input))]).toEqual([...rows]);
          if (known.every((label) => label < 0)) {
            const labelled = given.filter((label) => label >= 0).length;
            const wanted = Math.max(0, 3 * perClass - labelled);
            expect(rows.length).toBe(Math.min(wanted, pictures.length - labelled));
            return;
          }
          for (let c = 0; c < 3; c++) {
            const labelled = given.filter((label) => label === c).length;
            const open = pictures.filter((p) => p.given < 0 && p.known === c).length;
            const got = rows.filter((row) => known[row] === c).length;
            expect(got).toBe(Math.min(Math.max(0, perClass - labelled), open));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
