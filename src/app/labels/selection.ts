/** Which pictures are selected and where the keyboard is, in a grid of pictures. Never changed in place. */

/** A selection. Pictures are named by their number in the data set, so that a filter may hide some. */
export interface Selection {
  readonly chosen: ReadonlySet<number>;
  /** The picture that keys act on when none is chosen; −1 = the first that is shown. */
  readonly cursor: number;
  /** Where a range begins. */
  readonly anchor: number;
}

export const noSelection: Selection = { chosen: new Set(), cursor: -1, anchor: -1 };

/** How a picture is pointed at. */
export interface Modifiers {
  /** To here from where the last one was pointed at. */
  range: boolean;
  /** This one besides the others. */
  toggle: boolean;
}

/** Position of the cursor among the pictures that are shown; −1 when none is. */
export function cursorPosition({ cursor }: Selection, shown: Int32Array): number {
  return shown.length === 0 ? -1 : Math.max(0, shown.indexOf(cursor));
}

/** Points at the picture at `position` of those shown. */
export function point(
  selection: Selection,
  shown: Int32Array,
  position: number,
  { range, toggle }: Modifiers,
): Selection {
  const picture = shown[position];
  if (picture === undefined) return selection;
  if (range) return extend(selection, shown, position, toggle);
  if (!toggle) return { chosen: new Set([picture]), cursor: picture, anchor: picture };
  const chosen = new Set(selection.chosen);
  if (!chosen.delete(picture)) chosen.add(picture);
  return { chosen, cursor: picture, anchor: picture };
}

/** Chooses all from the anchor to `position`; with `keep` besides what is chosen. */
function extend(selection: Selection, shown: Int32Array, position: number, keep: boolean): Selection {
  const from = Math.max(0, shown.indexOf(selection.anchor >= 0 ? selection.anchor : selection.cursor));
  const chosen = new Set(keep ? selection.chosen : []);
  for (const picture of shown.slice(Math.min(from, position), Math.max(from, position) + 1))
    chosen.add(picture);
  return { chosen, cursor: shown[position]!, anchor: shown[from]! };
}

/** Moves the cursor to `position`, held inside; with `range` everything on the way is chosen. */
export function moveTo(selection: Selection, shown: Int32Array, position: number, range: boolean): Selection {
  if (shown.length === 0) return selection;
  const inside = Math.min(shown.length - 1, Math.max(0, position));
  if (range) {
    const anchored = selection.chosen.size > 0 ? selection : { ...selection, anchor: selection.cursor };
    return extend(anchored, shown, inside, false);
  }
  return { ...selection, cursor: shown[inside]!, anchor: shown[inside]! };
}

/** Chooses exactly these, or these besides those of `before`. */
export function choose(
  selection: Selection,
  pictures: Iterable<number>,
  before?: Iterable<number>,
): Selection {
  return { ...selection, chosen: new Set([...(before ?? []), ...pictures]) };
}

/** What an action is about: the chosen pictures that are shown, else the one under the cursor. */
export function actedOn(selection: Selection, shown: Int32Array): Int32Array {
  const chosen = shown.filter((picture) => selection.chosen.has(picture));
  if (chosen.length > 0) return chosen;
  const position = cursorPosition(selection, shown);
  return position < 0 ? new Int32Array(0) : shown.slice(position, position + 1);
}

/** After an action: nothing is chosen, and the cursor is on the next picture that was not acted on. */
export function afterAction(selection: Selection, shown: Int32Array, acted: Int32Array): Selection {
  const done = new Set(acted);
  const position = cursorPosition(selection, shown);
  const rest = (picture: number) => !done.has(picture);
  const next = shown.slice(position).find(rest) ?? shown.slice(0, Math.max(0, position)).findLast(rest);
  const cursor = next ?? selection.cursor;
  return { chosen: new Set(), cursor, anchor: cursor };
}

/** A grid of equal cells, px. */
export interface GridLayout {
  columns: number;
  cell: number;
  gap: number;
}

/** Positions of the cells that a rubber band touches; its corners are in px from the top left of the grid. */
export function bandPositions(
  from: { x: number; y: number },
  to: { x: number; y: number },
  { columns, cell, gap }: GridLayout,
  count: number,
): number[] {
  const pitch = cell + gap;
  // A band that begins and ends in a gap touches nothing of the cell before.
  const first = (low: number) => Math.max(0, Math.floor((low + gap) / pitch));
  const last = (high: number) => Math.floor(high / pitch);
  const [left, right] = from.x < to.x ? [from.x, to.x] : [to.x, from.x];
  const [top, bottom] = from.y < to.y ? [from.y, to.y] : [to.y, from.y];
  const positions: number[] = [];
  for (let row = first(top); row <= last(bottom); row++) {
    for (let column = first(left); column <= Math.min(columns - 1, last(right)); column++) {
      const position = row * columns + column;
      if (position < count) positions.push(position);
    }
  }
  return positions;
}
