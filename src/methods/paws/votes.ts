/**
 * Who votes for what, from embeddings read back to the CPU: the votes of `softNeighbours.ts`, kept apart by voter.
 */
/** Embeddings and who they belong to. */
export interface Poll {
  /** [(support views + queries), dim] embeddings, of any length: support views first. */
  embeddings: Float32Array;
  dim: number;
  /** [support views] the picture, as a place among S, of each support view. */
  pictures: ArrayLike<number>;
  /** [S] class each support picture was given. */
  supportLabels: Int32Array;
  /** Classes that take part in the step, and of the data set. */
  sampled: Int32Array;
  classes: number;
  smoothing: number;
  temperature: number;
  /** T of the sharpening. */
  sharpen: number;
}

/** The votes on some views; each row sums to 1 in all but `similarities`. */
export interface Votes {
  /** [Q, S] mean cosine over the views of a support picture. */
  similarities: Float32Array;
  /** [Q, S] softmax of cosine / τ over all support views, summed over those of a picture. */
  votes: Float32Array;
  /** [Q, classes] */
  probabilities: Float32Array;
  /** [Q, classes] */
  targets: Float32Array;
}

/** Rows divided by their lengths; a row of zeros stays. */
function unitRows(rows: Float32Array, dim: number): Float32Array {
  const unit = rows.slice();
  for (let start = 0; start < unit.length; start += dim) {
    const row = unit.subarray(start, start + dim);
    const length = Math.max(1e-12, Math.hypot(...row));
    for (let i = 0; i < dim; i++) row[i]! /= length;
  }
  return unit;
}

/** p_k^(1/T) / Σ p^(1/T); the greatest is taken as 1 so that no power vanishes. */
function sharpened(p: Float32Array, sharpen: number): Float32Array {
  const most = Math.max(...p);
  const powers = p.map((value) => (value / most) ** (1 / sharpen));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((value) => value / sum);
}

/** What a support picture of `label` says: [classes], smoothed over the sampled ones. */
function ballotRow(label: number, { sampled, classes, smoothing }: Poll): Float32Array {
  const row = new Float32Array(classes);
  for (const sampledClass of sampled) row[sampledClass]! += smoothing / sampled.length;
  row[label]! += 1 - smoothing;
  return row;
}

/** Counts the votes on every query of the poll. */
export function countVotes(poll: Poll): Votes {
  const { dim, pictures, supportLabels, classes, temperature } = poll;
  const unit = unitRows(poll.embeddings, dim);
  const voters = pictures.length;
  const seats = supportLabels.length;
  const queries = unit.length / dim - voters;
  const viewsOf = new Int32Array(seats);
  for (let v = 0; v < voters; v++) viewsOf[pictures[v]!]!++;
  const row = (at: number) => unit.subarray(at * dim, (at + 1) * dim);
  const made: Votes = {
    similarities: new Float32Array(queries * seats),
    votes: new Float32Array(queries * seats),
    probabilities: new Float32Array(queries * classes),
    targets: new Float32Array(queries * classes),
  };
  const said = Array.from(supportLabels, (label) => ballotRow(label, poll));
  for (let q = 0; q < queries; q++) {
    const query = row(voters + q);
    const cosines = Float32Array.from({ length: voters }, (_, v) =>
      row(v).reduce((sum, value, i) => sum + value * query[i]!, 0),
    );
    // A cosine is at most 1.
    const shares = cosines.map((cosine) => Math.exp((cosine - 1) / temperature));
    const all = shares.reduce((a, b) => a + b);
    const probabilities = made.probabilities.subarray(q * classes, (q + 1) * classes);
    for (let v = 0; v < voters; v++) {
      const picture = pictures[v]!;
      const share = shares[v]! / all;
      made.similarities[q * seats + picture]! += cosines[v]! / viewsOf[picture]!;
      made.votes[q * seats + picture]! += share;
      for (let c = 0; c < classes; c++) probabilities[c]! += share * said[picture]![c]!;
    }
    made.targets.set(sharpened(probabilities, poll.sharpen), q * classes);
  }
  return made;
}
