/** The pictures that came in, row by row, and their columns. */
import { cleanClassName } from '../../labels/classNames';
import type { PictureRead } from '../reading/pictureReader';
import { sortNaturally } from './naturalOrder';
import type { PictureIndex } from './pictureIndex';

/** A picture that came in, apart from its pixels. */
export interface PictureRow extends Pick<PictureRead, 'width' | 'height' | 'exact' | 'look' | 'signature'> {
  /** Path inside the folder chosen. */
  path: string;
  className: string | null;
  heldOut: boolean | null;
  /** Row of its mask, −1 = none. */
  maskRow: number;
}

/** The name of a class whose own shows nothing. */
const blankName = 'no name';

/**
 * The columns of `rows`, with classes numbered in natural order of their names. `renamed` holds the classes that had
 * nothing in their names to be seen.
 */
export function makeIndex(
  rows: readonly PictureRow[],
  size: number,
): { index: PictureIndex; renamed: string[] } {
  const written = new Set(rows.flatMap(({ className }) => (className === null ? [] : [className])));
  const names = visibleNames(written);
  const classNames = sortNaturally([...names.values()], (name) => name);
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  const numberOf = (name: string | null) => (name === null ? -1 : numbers.get(names.get(name)!)!);
  const count = rows.length;
  const index: PictureIndex = {
    size,
    count,
    names: rows.map(({ path }) => path),
    classNames,
    labels: Int32Array.from(rows, ({ className }) => numberOf(className)),
    split: Int8Array.from(rows, ({ heldOut }) => (heldOut === null ? -1 : Number(heldOut))),
    given: null,
    widths: Int32Array.from(rows, ({ width }) => width),
    heights: Int32Array.from(rows, ({ height }) => height),
    maskRows: Int32Array.from(rows, ({ maskRow }) => maskRow),
    exact: new Uint32Array(2 * count),
    look: new Uint32Array(2 * count),
    signature: new Uint8Array(64 * count),
    excluded: new Uint8Array(count),
  };
  for (const [row, { exact, look, signature }] of rows.entries()) {
    index.exact.set(exact, 2 * row);
    index.look.set(look, 2 * row);
    index.signature.set(signature, 64 * row);
  }
  return { index, renamed: [...written].filter((name) => names.get(name) !== name) };
}

/** Every name as it is shown: itself, or a new one where there is nothing to see. */
function visibleNames(written: ReadonlySet<string>): Map<string, string> {
  const names = new Map<string, string>();
  let blanks = 0;
  for (const name of sortNaturally([...written], (each) => each)) {
    let shown = name;
    while (cleanClassName(shown) === '' || (shown !== name && written.has(shown))) {
      blanks++;
      shown = blanks === 1 ? blankName : `${blankName} ${blanks}`;
    }
    names.set(name, shown);
  }
  return names;
}
