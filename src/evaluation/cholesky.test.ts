import { describe, expect, it } from 'vitest';
import { randomStream } from '../platform/random';
import { choleskyFactor, choleskySolve } from './cholesky';
import { gramMatrix, orthonormalRows } from './rows';

const noRest = () => Promise.resolve();
const normals = (count: number) => {
  const random = randomStream(1, 'cholesky test');
  return Float64Array.from({ length: count }, () => random.normal());
};

describe('Cholesky', () => {
  it.each([1, 5, 70])('solves a system of %i equations made by Gram matrix', async (n) => {
    const x = normals(n * (n + 3));
    const gram = await gramMatrix(x, n, n + 3, noRest);
    const wanted = Float64Array.from({ length: n }, (_, i) => i - n / 3);
    const right = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) right[i]! += gram[Math.max(i, j) * n + Math.min(i, j)]! * wanted[j]!;
    }
    await choleskyFactor(gram, n, noRest);
    choleskySolve(gram, n, right);
    for (let i = 0; i < n; i++) expect(right[i]).toBeCloseTo(wanted[i]!, 7);
  });

  it('refuses a matrix that is not positive definite', async () => {
    await expect(choleskyFactor(Float64Array.of(1, 0, 2, 1), 2, noRest)).rejects.toThrow(/row 1 leaves -3/);
    await expect(choleskyFactor(Float64Array.of(Number.NaN), 1, noRest)).rejects.toThrow(RangeError);
  });
});

describe('orthonormal rows', () => {
  it('span what the rows span, and pass over what adds nothing', () => {
    const [a, b] = [normals(7), normals(14).subarray(7)];
    const sum = a.map((value, i) => 2 * value - b[i]!);
    const basis = orthonormalRows(Float64Array.of(...a, ...b, ...sum, ...new Float64Array(7)), 4, 7);
    expect(basis).toHaveLength(14);
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((total, value, i) => total + value * y[i]!, 0);
    const [first, second] = [basis.subarray(0, 7), basis.subarray(7)];
    expect(dot(first, first)).toBeCloseTo(1, 12);
    expect(dot(second, second)).toBeCloseTo(1, 12);
    expect(dot(first, second)).toBeCloseTo(0, 12);
    expect(dot(first, sum) ** 2 + dot(second, sum) ** 2).toBeCloseTo(dot(sum, sum), 10);
  });
});
