/**
 * From the bytes of a CSV file to its rows of cells, whatever program wrote it: UTF-8, UTF-16 or Windows-1252,
 * separated by commas, semicolons or tabs, quotes as in RFC 4180 or broken.
 */
import Papa from 'papaparse';

/** What may stand between two cells. */
export const delimiters = [',', ';', '\t'] as const;
export type Delimiter = (typeof delimiters)[number];

/** One row; its number is that of the row in a spreadsheet, from 1. */
export interface CsvRow {
  readonly row: number;
  readonly cells: readonly string[];
  /** The quotes of this row do not close, and its cells are not to be trusted. */
  readonly broken: boolean;
}

/** The text of a file, with '\n' between its lines and without a byte-order mark. Never throws. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes).replace(/\r\n?/g, '\n');
}

/** A byte-order mark says it; else every second byte of UTF-16 is mostly zero; else what is no UTF-8 is Windows'. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 1000);
  const zeros = [0, 0];
  sample.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2]!++;
  });
  const most = sample.length / 4;
  if (zeros[1]! > most && zeros[0]! < most / 4) return 'utf-16le';
  if (zeros[0]! > most && zeros[1]! < most / 4) return 'utf-16be';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** Splits off the line 'sep=;' with which some programs begin a file; null where there is none. */
export function splitSeparatorLine(text: string): { delimiter: Delimiter; rest: string } | null {
  const match = text.match(/^"?sep=(.)"?\n/);
  const delimiter = delimiters.find((candidate) => candidate === match?.[1]);
  return match && delimiter ? { delimiter, rest: text.slice(match[0].length) } : null;
}

/**
 * The rows of a text; at most `limit` where that is given. Where a quote does not close, it would swallow the rows
 * after it: then every line is read by itself, and only the broken ones are lost.
 */
export function readRows(text: string, delimiter: Delimiter, limit = 0): CsvRow[] {
  const { data, errors } = parse(text, delimiter, limit);
  if (errors.length === 0) return data.map((cells, i) => ({ row: i + 1, cells, broken: false }));
  const lines = text.split('\n', limit || undefined);
  return lines.map((line, i) => {
    const alone = line.includes('"')
      ? parse(line, delimiter, 1)
      : { data: [line.split(delimiter)], errors: [] };
    return { row: i + 1, cells: alone.data[0] ?? [], broken: alone.errors.length > 0 };
  });
}

function parse(text: string, delimiter: Delimiter, limit: number): Papa.ParseResult<string[]> {
  return Papa.parse<string[]>(text, { delimiter, newline: '\n', preview: limit });
}

/**
 * Cells that a spreadsheet would run as a formula. They are written with an apostrophe in front, as spreadsheets
 * do themselves; so is a cell that begins like one so written, which makes it possible to take the apostrophe off.
 */
const formula = /^'*[=+\-@\t\r\n]/;
const written = /^'+[=+\-@\t\r\n]/;

/**
 * A CSV file as spreadsheets open it: RFC 4180, commas, CRLF, a byte-order mark (without which they take it for
 * Windows-1252), and no cell that would run as a formula.
 */
export function writeCsv(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = Papa.unparse([[...header], ...rows.map((row) => [...row])], {
    newline: '\r\n',
    escapeFormulae: formula,
  });
  return `\uFEFF${table}\r\n`;
}

/** A cell without the apostrophe that `writeCsv` put in front. */
export function unguarded(cell: string): string {
  return written.test(cell) ? cell.slice(1) : cell;
}
