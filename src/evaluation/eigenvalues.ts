/**
 * Eigenvalues of a real symmetric matrix in float64: Householder reduction to tridiagonal form, then the QL
 * iteration with implicit Wilkinson shifts (Golub & Van Loan, "Matrix Computations", 8.3). Only values are
 * wanted, so no rotation is stored: about 2/3 n³ multiply-adds, a second for n = 1000.
 */

/** Sweeps allowed for one eigenvalue; two or three are usual. */
const MAX_SWEEPS = 60;

/**
 * Eigenvalues in descending order.
 * @param matrix [n, n] symmetric; only the lower triangle is read, and it is overwritten
 */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonalise(matrix, n);
  iterate(diagonal, beside);
  return diagonal.sort().reverse();
}

/**
 * Reflects row after row, the last first, so that only the element beside the diagonal is left; the leading
 * block that remains is then one row smaller. Rows are contiguous this way round.
 */
function tridiagonalise(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array } {
  const diagonal = new Float64Array(n);
  /** beside[i] couples i and i + 1. */
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let m = n - 1; m > 0; m--) {
    const row = m * n;
    diagonal[m] = a[row + m]!;
    let tail = 0;
    for (let j = 0; j < m - 1; j++) tail += a[row + j]! * a[row + j]!;
    const last = a[row + m - 1]!;
    if (tail === 0) {
      beside[m - 1] = last;
      continue;
    }
    // v = x + sign(x_last)·‖x‖·e_last: the sign avoids cancellation.
    const norm = Math.sqrt(tail + last * last);
    const reflected = last >= 0 ? -norm : norm;
    beside[m - 1] = reflected;
    for (let j = 0; j < m - 1; j++) v[j] = a[row + j]!;
    v[m - 1] = last - reflected;
    const scale = 2 / (tail + v[m - 1]! * v[m - 1]!);

    // w = scale·A·v - (scale/2 · scale·vᵀA v)·v, from the lower triangle alone.
    w.fill(0, 0, m);
    for (let i = 0; i < m; i++) {
      const start = i * n;
      const vi = v[i]!;
      let sum = a[start + i]! * vi;
      for (let j = 0; j < i; j++) {
        const value = a[start + j]!;
        sum += value * v[j]!;
        w[j]! += value * vi;
      }
      w[i]! += sum;
    }
    let projection = 0;
    for (let i = 0; i < m; i++) projection += w[i]! * v[i]!;
    const half = 0.5 * scale * scale * projection;
    for (let i = 0; i < m; i++) w[i] = scale * w[i]! - half * v[i]!;

    for (let i = 0; i < m; i++) {
      const start = i * n;
      const vi = v[i]!;
      const wi = w[i]!;
      for (let j = 0; j <= i; j++) a[start + j]! -= vi * w[j]! + wi * v[j]!;
    }
  }
  if (n > 0) diagonal[0] = a[0]!;
  return { diagonal, beside };
}

/** QL iteration in place: `diagonal` [n] becomes the eigenvalues, `beside` [n] (last unused) goes to zero. */
function iterate(diagonal: Float64Array, beside: Float64Array): void {
  const n = diagonal.length;
  for (let first = 0; first < n; first++) {
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      let block = first;
      while (block < n - 1 && !isNegligible(beside[block]!, diagonal[block]!, diagonal[block + 1]!)) block++;
      if (block === first) break;
      sweepBlock(diagonal, beside, first, block);
    }
  }
}

/** One QL sweep with the shift next to `first` over the unreduced block first … last. */
function sweepBlock(diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
  const gap = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const root = Math.hypot(gap, 1);
  const shift = diagonal[first]! - beside[first]! / (gap + (gap >= 0 ? root : -root));
  let bulge = diagonal[last]! - shift;
  let sine = 1;
  let cosine = 1;
  let carried = 0;
  for (let i = last - 1; i >= first; i--) {
    const f = sine * beside[i]!;
    const b = cosine * beside[i]!;
    const r = Math.hypot(f, bulge);
    beside[i + 1] = r;
    if (r === 0) {
      // The block falls in two here; what was carried is still owed to the diagonal.
      diagonal[i + 1]! -= carried;
      beside[last] = 0;
      return;
    }
    sine = f / r;
    cosine = bulge / r;
    const shifted = diagonal[i + 1]! - carried;
    const turned = (diagonal[i]! - shifted) * sine + 2 * cosine * b;
    carried = sine * turned;
    diagonal[i + 1] = shifted + carried;
    bulge = cosine * turned - b;
  }
  diagonal[first]! -= carried;
  beside[first] = bulge;
  beside[last] = 0;
}

function isNegligible(beside: number, left: number, right: number): boolean {
  return !(Math.abs(beside) > Number.EPSILON * (Math.abs(left) + Math.abs(right)));
}
