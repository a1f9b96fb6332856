/** Which column of a label file names the picture and which its class, by their headers or by what they hold. */
import type { CsvRow } from './csvText';
import type { PictureLookup } from './pictureLookup';

/** Columns from 0; `header` tells whether the first row names them. */
export interface LabelColumns {
  readonly picture: number;
  readonly label: number;
  readonly header: boolean;
}

/** Headers in lower case without spaces and marks; the first that occurs is taken. */
const pictureHeaders = [
  ...['picture', 'path', 'filepath', 'imagepath', 'filename', 'imagefile', 'imagefilename', 'imagename'],
  ...['file', 'image', 'img', 'photo', 'imageid', 'name', 'id'],
];
const headers = {
  label: ['label', 'labels', 'class', 'classname', 'classlabel', 'category', 'target', 'species', 'tag'],
  truth: ['truth', 'groundtruth', 'y'],
  split: ['split', 'subset', 'partition', 'set'],
} as const;

/** What a column may tell of a picture: its label, its true class where that stands apart, its half of the set. */
export type ToldColumn = keyof typeof headers;

/** Rows looked at for pictures. */
const looked = 50;

/**
 * The columns of a file whose first `rows` are given; null where there are none. A picture column without a known
 * header is the one with the most names that are pictures. The label column is one with a header of that kind, or of
 * `told` where that is given; without `told`, the only other column is one, too.
 */
export function findColumns(
  rows: readonly CsvRow[],
  find: PictureLookup,
  told?: ToldColumn,
): LabelColumns | null {
  const first = rows[0]?.cells ?? [];
  const written = first.map((cell) => cell.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''));
  const byName = (names: readonly string[], except: number) => {
    const name = names.find((wanted) => written.some((header, i) => header === wanted && i !== except));
    return name === undefined ? -1 : written.findIndex((header, i) => header === name && i !== except);
  };
  const named = byName(pictureHeaders, -1);
  const picture = named >= 0 ? named : columnOfPictures(rows, find);
  if (picture < 0) return null;
  const labelNamed = byName(told ? headers[told] : [...headers.label, ...headers.truth], picture);
  const label = labelNamed >= 0 || told ? labelNamed : onlyOther(first.length, picture);
  if (label < 0) return null;
  const header = named >= 0 || labelNamed >= 0 || !looksLikePicture(first[picture] ?? '', find);
  return { picture, label, header };
}

/** Also a name that is no picture of this data set, so that a wrong first row is listed, not taken for a header. */
function looksLikePicture(cell: string, find: PictureLookup): boolean {
  return find(cell) !== 'unknown' || /\.[a-z0-9]{2,5}$/i.test(cell);
}

function onlyOther(columns: number, picture: number): number {
  return columns === 2 ? 1 - picture : -1;
}

/** The column in which most cells are names of pictures; −1 where none is. */
function columnOfPictures(rows: readonly CsvRow[], find: PictureLookup): number {
  const hits: number[] = [];
  for (const { cells } of rows.slice(0, looked)) {
    cells.slice(0, looked).forEach((cell, i) => {
      hits[i] = (hits[i] ?? 0) + (typeof find(cell) === 'number' ? 1 : 0);
    });
  }
  const most = hits.reduce((a, b) => Math.max(a, b), 0);
  return most > 0 ? hits.indexOf(most) : -1;
}
