/**
 * Lists of labels beside the pictures (`labels.csv`, `index.csv` …): classes, labels that training may know, and the
 * split, as columns. A list speaks for the pictures in its folder and below; where it names a picture, it knows better
 * than the folders.
 */
import { createLabelling, type Labelling } from '../../labels';
import { importLabels, type LabelImport } from '../../labels/csv';
import type { ToldColumn } from '../../labels/csvColumns';
import { sortNaturally } from './naturalOrder';
import { splitOf } from './splitNames';

/** A list that was read. */
export interface LabelList {
  /** Path inside the folder chosen. */
  path: string;
  bytes: Uint8Array;
}

/** What is known of pictures in words: columns of `PictureIndex`. */
export interface Told {
  classNames: string[];
  labels: Int32Array;
  given: Int32Array | null;
  split: Int8Array;
}

/** What a list said, in words; `matched` pictures were named by it. */
export interface ListUse {
  path: string;
  matched: number;
  detail: string;
}

/** Labelled pictures from which on a list is expected to give some the same class. */
const leastJudged = 10;

/** The pictures that lists may speak of. */
export interface ListedPictures {
  /** [count] paths of the pictures that came in. */
  paths: readonly string[];
  /** Paths of all files that might have been pictures. */
  read: readonly string[];
}

/**
 * Adds what `lists` say to what the folders told, in their order. Classes come out in natural order of their names
 * and only where a picture has them, unless `keepClasses`.
 */
export function applyLists(
  lists: readonly LabelList[],
  pictures: ListedPictures,
  folders: Told,
  keepClasses: boolean,
): { told: Told; uses: ListUse[] } {
  const told = { ...folders, labels: folders.labels.slice(), split: folders.split.slice() };
  const uses = lists.map((list) => applyList(list, pictures, told));
  return { told: keepClasses ? told : sortClasses(told), uses };
}

/** Changes `told` in place. */
function applyList({ path, bytes }: LabelList, pictures: ListedPictures, told: Told): ListUse {
  const rows = rowsBelow(path, pictures);
  const names = rows.map((row) => pictures.paths[row]!);
  const unlabelled = new Int32Array(rows.length).fill(-1);
  const read = (classNames: readonly string[], column?: ToldColumn) =>
    importLabels(bytes, createLabelling(classNames, unlabelled), { names }, column);
  const put = (into: Int32Array, { given }: Labelling) => {
    given.forEach((label, i) => {
      if (label >= 0) into[rows[i]!] = label;
    });
  };

  const truth = read(told.classNames, 'truth');
  const hasTruth = isTable(truth);
  const classes = hasTruth ? truth : read(told.classNames);
  if (!hasTruth && isUnique(classes)) {
    return { path, matched: 0, detail: 'nearly every picture has a value of its own, which is no class' };
  }
  put(told.labels, classes.labelling);
  told.classNames = [...classes.labelling.classNames];
  const results = [classes];
  if (hasTruth) {
    const labels = read(told.classNames, 'label');
    if (isTable(labels)) {
      told.given ??= new Int32Array(pictures.paths.length).fill(-1);
      put(told.given, labels.labelling);
      told.classNames = [...labels.labelling.classNames];
      results.push(labels);
    }
  }
  const split = read([], 'split');
  if (isTable(split)) {
    split.labelling.given.forEach((side, i) => {
      const half = splitOf(split.labelling.classNames[side] ?? '');
      if (half !== null) told.split[rows[i]!] = half ? 1 : 0;
    });
    results.push(split);
  }
  return { path, ...inWords(results) };
}

/** Whether the file has the columns asked for. */
function isTable({ problems }: LabelImport): boolean {
  return problems[0]?.row !== 0;
}

/** Whether the values are numbers or descriptions rather than classes. */
function isUnique({ given, labelling }: LabelImport): boolean {
  return given >= leastJudged && new Set(labelling.given).size > given / 2;
}

function inWords(results: readonly LabelImport[]): Omit<ListUse, 'path'> {
  const matched = Math.max(...results.map(({ given }) => given));
  const problems = new Map(results.flatMap((result) => result.problems.map((each) => [each.row, each])));
  const first = [...problems.values()].sort((a, b) => a.row - b.row)[0];
  if (matched === 0)
    return { matched, detail: `nothing about these pictures (${first?.reason ?? 'no rows'})` };
  const read = `labels of ${matched === 1 ? 'one picture' : `${matched} pictures`}`;
  if (first === undefined) return { matched, detail: read };
  const left = problems.size === 1 ? 'one row was left out' : `${problems.size} rows were left out`;
  return { matched, detail: `${read}; ${left}, the first is row ${first.row}: ${first.reason}` };
}

/** Rows of the pictures in the list's folder and below it, or in the nearest folder above that holds any files. */
function rowsBelow(list: string, { paths, read }: ListedPictures): number[] {
  let folder = '';
  for (let end = list.lastIndexOf('/'); end >= 0 && folder === ''; end = list.lastIndexOf('/', end - 1)) {
    const above = list.slice(0, end + 1);
    if (read.some((path) => path.startsWith(above))) folder = above;
  }
  return [...paths.keys()].filter((row) => paths[row]!.startsWith(folder));
}

/** The same with the classes that pictures have, in natural order. */
function sortClasses(told: Told): Told {
  const used = new Set([...told.labels, ...(told.given ?? [])]);
  const kept = sortNaturally(
    [...told.classNames.keys()].filter((label) => used.has(label)),
    (label) => told.classNames[label]!,
  );
  const numbers = new Map(kept.map((label, i) => [label, i]));
  const renumbered = (column: Int32Array) => column.map((label) => numbers.get(label) ?? -1);
  return {
    ...told,
    classNames: kept.map((label) => told.classNames[label]!),
    labels: renumbered(told.labels),
    given: told.given && renumbered(told.given),
  };
}
