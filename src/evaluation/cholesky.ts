/** Cholesky factorisation of a symmetric positive definite matrix, and solving with it (Golub & Van Loan, 4.2). */

/** Rows factored between two breaths. */
const ROWS_PER_BREATH = 64;

/**
 * Replaces the lower triangle of `a` [n, n] by L with a = L·Lᵀ; the upper one is neither read nor written.
 * @throws RangeError where the matrix is not positive definite
 */
export async function choleskyFactor(
  a: Float64Array,
  n: number,
  breathe: () => Promise<void>,
): Promise<void> {
  for (let i = 0; i < n; i++) {
    if (i % ROWS_PER_BREATH === ROWS_PER_BREATH - 1) await breathe();
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      if (j < i) {
        a[i * n + j] = sum / a[j * n + j]!;
      } else if (sum > 0) {
        a[i * n + i] = Math.sqrt(sum);
      } else {
        throw new RangeError(`row ${i} leaves ${sum} on the diagonal: not positive definite`);
      }
    }
  }
}

/** Solves L·Lᵀ·x = b in place of b [n]; `l` [n, n] as `choleskyFactor` leaves it. */
export function choleskySolve(l: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * b[k]!;
    b[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = b[i]! / l[i * n + i]!;
    b[i] = value;
    for (let k = 0; k < i; k++) b[k]! -= l[i * n + k]! * value;
  }
}
