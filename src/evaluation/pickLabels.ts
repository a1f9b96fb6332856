/**
 * "Pick labels for me": which pictures to label so that few labels show much of the set. Pictures are clustered by
 * their features (k-means on L2-normalised features), and the one nearest to the centre of each cluster is picked:
 * varied, and typical of its kind. Clusters that hold a labelled picture already are represented.
 */
import { kMeans } from './kMeans';
import { normalisedRows, rowProducts, takeRows } from './rows';

export interface LabelPick {
  /** [n, dim] features of the training pictures. */
  features: Float32Array;
  dim: number;
  /** [n] class where it is known (to whoever asks for this), else -1. */
  known: Int32Array;
  /** [n] labels given already, -1 where none: these count, and are not picked again. */
  given: Int32Array;
  classes: number;
  /** Labels that every class shall have in the end. */
  perClass: number;
  seed: number;
}

/**
 * Rows to label, class by class where classes are known, else `perClass` · `classes` over all pictures; the most
 * telling first (largest cluster). Never the same row twice; fewer where there are not so many pictures.
 * @param breathe awaited between iterations; what it throws ends the search
 */
export async function pickLabels(
  pick: LabelPick,
  breathe: () => Promise<void> = () => Promise.resolve(),
): Promise<Int32Array> {
  const { known, given, classes, perClass } = pick;
  const classOf = known.map((label, row) => (given[row]! >= 0 ? given[row]! : label));
  const rows = [...classOf.keys()];
  if (known.every((label) => label < 0)) {
    return Int32Array.from(await pickAmong(pick, rows, perClass * Math.max(1, classes), breathe));
  }
  const picked: number[] = [];
  for (let c = 0; c < classes; c++) {
    const members = rows.filter((row) => classOf[row] === c);
    picked.push(...(await pickAmong(pick, members, perClass, breathe)));
  }
  return Int32Array.from(picked);
}

/** Picks among `rows` until `count` of them, those labelled already included, have a label. */
async function pickAmong(
  { features, dim, given, seed }: LabelPick,
  rows: readonly number[],
  count: number,
  breathe: () => Promise<void>,
): Promise<number[]> {
  const isGiven = (row: number) => given[row]! >= 0;
  const missing = count - rows.filter(isGiven).length;
  if (missing <= 0) return [];
  // A picture whose feature is no number lies nowhere; it comes last.
  const isPlaced = (row: number) => features.subarray(row * dim, (row + 1) * dim).every(Number.isFinite);
  const placed = rows.filter(isPlaced);
  const lost = rows.filter((row) => !isPlaced(row));
  const unit = normalisedRows(takeRows(features, dim, placed), placed.length, dim);
  const { k, cluster, distance } = await kMeans(unit, dim, count, seed, breathe);

  const members = Array.from({ length: k }, (): number[] => []);
  for (const [i, c] of cluster.entries()) members[c]!.push(i);
  const chosen = members
    .filter((of) => of.length > 0 && !of.some((i) => isGiven(placed[i]!)))
    .sort((a, b) => b.length - a.length)
    .slice(0, missing)
    .map((of) => of.reduce((best, i) => (distance[i]! < distance[best]! ? i : best)));

  const open = new Set([...placed.keys()].filter((i) => !isGiven(placed[i]!)));
  for (const i of chosen) open.delete(i);
  const seen = [...placed.keys()].filter((i) => !open.has(i));
  const further = farthest(unit, dim, seen, open, missing - chosen.length);
  const last = lost.filter((row) => !isGiven(row)).slice(0, missing - chosen.length - further.length);
  return [...[...chosen, ...further].map((i) => placed[i]!), ...last];
}

/**
 * Up to `count` of the rows `open` of `unit` [., dim], each the one least like all `seen` and those before it:
 * the smallest largest cosine, the first of equals.
 */
function farthest(
  unit: Float64Array,
  dim: number,
  seen: readonly number[],
  open: ReadonlySet<number>,
  count: number,
): number[] {
  const n = unit.length / dim;
  const likeness = new Float64Array(n).fill(Number.NEGATIVE_INFINITY);
  const cosines = new Float64Array(n);
  const left = new Set(open);
  const notice = (row: number) => {
    rowProducts(unit, 0, n, unit, row, row + 1, dim, cosines, 1);
    for (let i = 0; i < n; i++) likeness[i] = Math.max(likeness[i]!, cosines[i]!);
  };
  const taken: number[] = [];
  if (count <= 0) return taken;
  for (const row of seen) notice(row);
  while (taken.length < count && left.size > 0) {
    const next = [...left].reduce((best, row) => (likeness[row]! < likeness[best]! ? row : best));
    left.delete(next);
    taken.push(next);
    notice(next);
  }
  return taken;
}
