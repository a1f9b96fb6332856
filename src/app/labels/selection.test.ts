import { describe, expect, it } from 'vitest';
import {
  actedOn,
  afterAction,
  bandPositions,
  choose,
  cursorPosition,
  moveTo,
  noSelection,
  point,
  type Selection,
} from './selection';

const shown = Int32Array.of(40, 10, 30, 20, 50, 60);
const plain = { range: false, toggle: false };
const chosen = ({ chosen }: Selection) => [...chosen].sort((a, b) => a - b);

describe('pointing at pictures', () => {
  it('chooses one, one more, a range, and takes one away', () => {
    let selection = point(noSelection, shown, 1, plain);
    expect(chosen(selection)).toEqual([10]);
    selection = point(selection, shown, 3, { range: false, toggle: true });
    expect(chosen(selection)).toEqual([10, 20]);
    selection = point(selection, shown, 5, { range: true, toggle: false });
    expect(chosen(selection)).toEqual([20, 50, 60]);
    selection = point(selection, shown, 4, { range: false, toggle: true });
    expect(chosen(selection)).toEqual([20, 60]);
    expect(chosen(point(selection, shown, 0, plain))).toEqual([40]);
  });

  it('takes ranges backwards and keeps their beginning', () => {
    const begun = point(noSelection, shown, 3, plain);
    const back = point(begun, shown, 1, { range: true, toggle: false });
    expect(chosen(back)).toEqual([10, 20, 30]);
    expect(chosen(point(back, shown, 4, { range: true, toggle: false }))).toEqual([20, 50]);
  });

  it('does nothing beside the pictures', () => {
    expect(point(noSelection, shown, 6, plain)).toBe(noSelection);
  });
});

describe('moving by keys', () => {
  it('begins at the first picture, stays inside, and keeps what was chosen', () => {
    expect(cursorPosition(noSelection, shown)).toBe(0);
    const some = point(noSelection, shown, 2, plain);
    const moved = moveTo(some, shown, 99, false);
    expect(cursorPosition(moved, shown)).toBe(5);
    expect(chosen(moved)).toEqual([30]);
    expect(cursorPosition(moveTo(moved, shown, -4, false), shown)).toBe(0);
  });

  it('chooses everything on the way with Shift', () => {
    let selection = moveTo(noSelection, shown, 1, false);
    selection = moveTo(selection, shown, 2, true);
    selection = moveTo(selection, shown, 3, true);
    expect(chosen(selection)).toEqual([10, 20, 30]);
    expect(chosen(moveTo(selection, shown, 2, true))).toEqual([10, 30]);
  });

  it('begins anew where the cursor’s picture is hidden by a filter', () => {
    const selection = point(noSelection, shown, 1, plain);
    expect(cursorPosition(selection, Int32Array.of(20, 50))).toBe(0);
    expect(cursorPosition(selection, new Int32Array(0))).toBe(-1);
  });
});

describe('what an action is about', () => {
  it('is what is chosen and shown, else the picture under the cursor', () => {
    expect([...actedOn(noSelection, shown)]).toEqual([40]);
    const some = choose(noSelection, [10, 99, 50]);
    expect([...actedOn(some, shown)]).toEqual([10, 50]);
    expect([...actedOn(some, new Int32Array(0))]).toEqual([]);
  });

  it('goes on to the next picture that was not acted on', () => {
    const at = moveTo(noSelection, shown, 1, false);
    expect(afterAction(at, shown, Int32Array.of(10)).cursor).toBe(30);
    expect(afterAction(at, shown, Int32Array.of(10, 30, 20)).cursor).toBe(50);
    expect(afterAction(at, shown, Int32Array.of(10, 30, 20, 50, 60)).cursor).toBe(40);
    expect(afterAction(choose(at, [30]), shown, Int32Array.of(30)).chosen.size).toBe(0);
  });
});

describe('a rubber band', () => {
  const layout = { columns: 3, cell: 80, gap: 10 };

  it('touches the cells it covers, whichever corner it began in', () => {
    const small = { x: 70, y: 10 };
    const large = { x: 100, y: 95 };
    expect(bandPositions(small, large, layout, 6)).toEqual([0, 1, 3, 4]);
    expect(bandPositions(large, small, layout, 6)).toEqual([0, 1, 3, 4]);
    expect(bandPositions(small, large, layout, 4)).toEqual([0, 1, 3]);
  });

  it('touches nothing in a gap and nothing outside', () => {
    expect(bandPositions({ x: 82, y: 0 }, { x: 88, y: 20 }, layout, 6)).toEqual([]);
    expect(bandPositions({ x: 270, y: 0 }, { x: 900, y: 20 }, layout, 6)).toEqual([]);
    expect(bandPositions({ x: -50, y: -50 }, { x: 5, y: 5 }, layout, 6)).toEqual([0]);
  });
});
