/**
 * What the support pictures say: one row of class probabilities each (make_labels_matrix of the official
 * losses.py). Columns are positions among the classes sampled for the step, not numbers of the data set.
 */

/**
 * The label matrix [rows, width]: s/`spread` everywhere, and 1 − s more at the row's column.
 * @param columns [rows] the column of each support row
 * @param smoothing s in [0, 1]
 * @param spread classes that smoothing divides by. Officially those of one worker, also where `width` counts
 * those of several; rows sum to 1 where both are the same.
 */
export function labelsMatrix(
  columns: ArrayLike<number>,
  width: number,
  smoothing: number,
  spread = width,
): Float32Array {
  const off = smoothing / spread;
  const matrix = new Float32Array(columns.length * width).fill(off);
  for (let row = 0; row < columns.length; row++) matrix[row * width + columns[row]!] = 1 - smoothing + off;
  return matrix;
}

/** Columns [rows] of support rows that cycle through the classes: image 1 of every class, image 2 of every class … */
export function cyclingColumns(rows: number, classes: number): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row % classes);
}
