import { expect, it } from 'vitest';
import { layoutFor, pictureOf } from './sheet';

it('shows every class as often as the others, at most five pictures side by side, none over another', () => {
  for (let classes = 2; classes <= 10; classes++) {
    const { count, across, lines, place } = layoutFor(classes);
    expect(count % classes).toBe(0);
    expect(across).toBeLessThanOrEqual(5);
    const places = Array.from({ length: count }, (_, i) => place(i));
    expect(new Set(places.map(String)).size).toBe(count);
    expect(Math.max(...places.map(([column]) => column))).toBeLessThan(across);
    expect(Math.max(...places.map(([, line]) => line))).toBeLessThan(lines);
  }
});

it('keeps classes in columns', () => {
  const columnsOf = (classes: number, label: number) => {
    const { count, place } = layoutFor(classes);
    const own = Array.from({ length: count }, (_, i) => i).filter((i) => i % classes === label);
    return new Set(own.map((i) => place(i)[0])).size;
  };
  expect([0, 6, 9].map((label) => columnsOf(10, label))).toEqual([1, 1, 1]);
  expect(columnsOf(7, 5)).toBe(1);
  expect(columnsOf(2, 1)).toBe(2);
});

it('darkens all but the object where masks are shown, and leaves the preview as it is', () => {
  const preview = {
    size: 1,
    classNames: ['star', 'gear'],
    labels: Int32Array.of(0, 1),
    pixels: Uint8ClampedArray.of(10, 20, 30, 255, 100, 150, 200, 255),
    masks: Uint8Array.of(1, 0),
  };
  expect([...pictureOf(preview, 0, true)]).toEqual([10, 20, 30, 255]);
  expect([...pictureOf(preview, 1, true)]).toEqual([20, 30, 40, 255]);
  expect([...pictureOf(preview, 1, false)]).toEqual([100, 150, 200, 255]);
});
