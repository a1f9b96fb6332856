import { describe, expect, it } from 'vitest';
import { symmetricEigenvalues } from './eigenvalues';

/** Q·diag(values)·Qᵀ with Q a product of plane rotations, [n, n]. */
function rotated(values: readonly number[]): Float64Array {
  const n = values.length;
  const matrix = new Float64Array(n * n);
  for (const [i, value] of values.entries()) matrix[i * n + i] = value;
  for (let turn = 0; turn < 6 * n; turn++) {
    const p = turn % n;
    const q = (turn * 5 + 1) % n;
    if (p === q) continue;
    const c = Math.cos(turn + 1);
    const s = Math.sin(turn + 1);
    for (const [step, other] of [
      [1, n],
      [n, 1],
    ] as const) {
      for (let k = 0; k < n; k++) {
        const x = matrix[p * step + k * other]!;
        const y = matrix[q * step + k * other]!;
        matrix[p * step + k * other] = c * x - s * y;
        matrix[q * step + k * other] = s * x + c * y;
      }
    }
  }
  return matrix;
}

describe('eigenvalues', () => {
  it.each([
    ['distinct', [9, 4.5, 2, 1, 0.25, -3]],
    ['repeated', [5, 5, 5, 1, 1, 0, 0, 0]],
    ['of very different size', [1e8, 1, 1, 1e-4, 0]],
    ['of one direction only', [7, 0, 0, 0, 0, 0, 0]],
    ['of a single number', [3]],
  ])('finds %s values after the matrix was turned', (_, values) => {
    const found = symmetricEigenvalues(rotated(values), values.length);
    const scale = Math.max(...values.map(Math.abs));
    for (const [i, want] of values.toSorted((a, b) => b - a).entries()) {
      expect(Math.abs(found[i]! - want)).toBeLessThan(1e-13 * scale * values.length);
    }
  });

  it('knows the path graph, whose eigenvalues have a formula', () => {
    const n = 101;
    const matrix = new Float64Array(n * n);
    for (let i = 1; i < n; i++) matrix[i * n + i - 1] = 1;
    const found = symmetricEigenvalues(matrix, n);
    for (let k = 1; k <= n; k++) {
      expect(found[k - 1]).toBeCloseTo(2 * Math.cos((k * Math.PI) / (n + 1)), 12);
    }
  });

  it('handles diagonal and zero matrices, and ends on numbers that are none', () => {
    expect([...symmetricEigenvalues(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3)]).toEqual([3, 2, 1]);
    expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
    expect(symmetricEigenvalues(new Float64Array(16).fill(Number.NaN), 4)).toHaveLength(4);
    expect(symmetricEigenvalues(new Float64Array(0), 0)).toHaveLength(0);
  });
});
