/**
 * Labels as a CSV file, out and in. A file that comes in is untrusted and may be anything: good rows count, and
 * every other is listed with the reason.
 *
 * Not part of the room's index, so that only those who read or write files load the parser.
 */

import { messageOf } from '../platform/errors';
import { cleanClassName, maxClasses, newClassName, quoted, shortened } from './classNames';
import { findColumns, type LabelColumns, type ToldColumn } from './csvColumns';
import {
  type CsvRow,
  decodeText,
  delimiters,
  readRows,
  splitSeparatorLine,
  unguarded,
  writeCsv,
} from './csvText';
import type { Labelling } from './labelling';
import { createPictureLookup, type PictureLookup } from './pictureLookup';

/** The pictures that labels belong to. */
export interface LabelledPictures {
  /** [count] path inside the data set's folder, or another name. */
  readonly names: readonly string[];
  /** [count] 1 = held out. */
  readonly heldOut: ArrayLike<number>;
}

/** A row that gave no label. */
export interface RowProblem {
  /** As a spreadsheet counts, from 1; 0 = the file as a whole. */
  readonly row: number;
  /** What stands there, shortened for showing as text. */
  readonly text: string;
  /** Why it was left out, in a sentence. */
  readonly reason: string;
}

/** What came of reading a file. */
export interface LabelImport {
  /** The labelling with the file's classes and labels added; what the file does not mention is as it was. */
  readonly labelling: Labelling;
  /** Pictures that the file gave a label. */
  readonly given: number;
  /** Names of the classes that the file added. */
  readonly newClasses: readonly string[];
  /** In the order of the rows. */
  readonly problems: readonly RowProblem[];
}

/** Largest file that is read. */
export const maxLabelBytes = 50e6;

/** Rows from which the separator and the columns are read off. */
const sampleRows = 50;

/**
 * The CSV file of a labelling, one row for each picture: its name, the label given (empty = none), 'train' or
 * 'held-out', and the class it truly has (empty = unknown). Begins with a byte-order mark.
 */
export function exportLabels(labelling: Labelling, { names, heldOut }: LabelledPictures): string {
  const nameOf = (label: number) => labelling.classNames[label] ?? '';
  return writeCsv(
    ['picture', 'label', 'split', 'truth'],
    names.map((name, i) => [
      name,
      nameOf(labelling.given[i]!),
      heldOut[i] ? 'held-out' : 'train',
      nameOf(labelling.truth[i]!),
    ]),
  );
}

/**
 * Reads the labels in a CSV file: any column names a person would use, or none; UTF-8, UTF-16 or Windows-1252;
 * commas, semicolons or tabs. Unknown classes are added. Where rows disagree on a picture, the first counts. A row
 * with an empty label says nothing. With `told`, the values of that column alone are read, as if they were classes.
 * Never throws: a file without the columns has one problem, of row 0.
 */
export function importLabels(
  bytes: Uint8Array,
  labelling: Labelling,
  { names }: Pick<LabelledPictures, 'names'>,
  told?: ToldColumn,
): LabelImport {
  const refused = (text: string, reason: string): LabelImport => ({
    labelling,
    given: 0,
    newClasses: [],
    problems: [{ row: 0, text: shortened(text, 80), reason }],
  });
  if (bytes.length > maxLabelBytes) return refused('', 'The file is larger than any file of labels.');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    return refused('', 'This is a spreadsheet or an archive, not text: save it as CSV first.');
  }
  const text = decodeText(bytes);
  if (text.trim() === '') return refused('', 'The file is empty.');

  const find = createPictureLookup(names);
  const table = readTable(text, find, told);
  if (!table) {
    return refused(
      text.slice(0, 200),
      'The file has no columns for pictures and labels. Name them ‘picture’ and ‘label’ in the first row.',
    );
  }
  return readLabels(table, labelling, find);
}

interface Table {
  rows: readonly CsvRow[];
  columns: LabelColumns;
}

/** The rows, by the first separator that makes sense of them. */
function readTable(text: string, find: PictureLookup, told?: ToldColumn): Table | null {
  const separator = splitSeparatorLine(text);
  const body = separator ? separator.rest : text;
  const samples = (separator ? [separator.delimiter] : delimiters).flatMap((delimiter) => {
    const columns = findColumns(readRows(body, delimiter, sampleRows).filter(isFilled), find, told);
    return columns ? [{ delimiter, columns }] : [];
  });
  const best = samples.find(({ columns }) => columns.header) ?? samples[0];
  if (!best) return null;
  const offset = separator ? 1 : 0;
  const rows = readRows(body, best.delimiter)
    .filter(isFilled)
    .map(({ row, ...rest }) => ({ row: row + offset, ...rest }));
  return { rows, columns: best.columns };
}

function isFilled({ cells }: CsvRow): boolean {
  return cells.some((cell) => cell.trim() !== '');
}

function readLabels({ rows, columns }: Table, labelling: Labelling, find: PictureLookup): LabelImport {
  const classes = new ClassList(labelling.classNames);
  const given = labelling.given.slice();
  const firstRows = new Map<number, { row: number; label: number }>();
  const problems: RowProblem[] = [];
  for (const { row, cells, broken } of columns.header ? rows.slice(1) : rows) {
    const complain = (reason: string) => {
      problems.push({ row, text: shortened(cells.join(', '), 80), reason });
    };
    const picture = unguarded(cells[columns.picture] ?? '');
    const name = unguarded(cells[columns.label] ?? '');
    if (broken) complain('The quotes in this row do not close.');
    else if (cells.length <= Math.max(columns.picture, columns.label)) complain('The row is too short.');
    else if (name.trim() !== '') {
      const index = find(picture);
      if (typeof index !== 'number') complain(pictureReason(index, picture));
      else {
        const before = firstRows.get(index);
        // A class that only a row left out names is not added.
        const label = before ? classes.knownNumber(name) : classes.numberOf(name);
        if (before && before.label !== label) {
          const kept = quoted(classes.names[before.label]!);
          complain(`Row ${before.row} calls this picture ${kept}; that was kept.`);
        } else if (typeof label === 'string') complain(label);
        else if (!before && label !== undefined) {
          firstRows.set(index, { row, label });
          given[index] = label;
        }
      }
    }
  }
  const newClasses = classes.names.slice(labelling.classNames.length);
  const classNames = newClasses.length > 0 ? classes.names : labelling.classNames;
  return { labelling: { ...labelling, classNames, given }, given: firstRows.size, newClasses, problems };
}

function pictureReason(failure: 'unknown' | 'ambiguous', name: string): string {
  if (name.trim() === '') return 'The row names no picture.';
  return failure === 'unknown'
    ? 'There is no such picture in the data set.'
    : 'Several pictures have this name; write the folder too.';
}

/** Class names that grow as new ones turn up. */
class ClassList {
  readonly names: string[];
  /** Number, or the reason why there is none, by name as written. */
  private readonly known = new Map<string, number | string>();

  constructor(names: readonly string[]) {
    this.names = [...names];
    names.forEach((name, label) => {
      this.remember(cleanClassName(name), label);
    });
    names.forEach((name, label) => {
      this.known.set(name, label);
    });
  }

  /** Undefined where the name has not turned up yet. */
  knownNumber(written: string): number | string | undefined {
    return this.known.get(written) ?? this.known.get(cleanClassName(written));
  }

  numberOf(written: string): number | string {
    const known = this.knownNumber(written);
    if (known !== undefined) return known;
    const added = this.add(written);
    this.known.set(written, added);
    return added;
  }

  private add(written: string): number | string {
    try {
      // What is not known under its clean name cannot be there twice.
      const name = newClassName(written, []);
      if (this.names.length >= maxClasses)
        return `There are ${maxClasses} classes already, the most there may be.`;
      this.remember(name, this.names.length);
      return this.names.push(name) - 1;
    } catch (thrown) {
      return messageOf(thrown);
    }
  }

  private remember(name: string, label: number): void {
    if (!this.known.has(name)) this.known.set(name, label);
  }
}
