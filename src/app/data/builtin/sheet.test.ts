import { expect, it } from 'vitest';
import { columnsFor, pictureOf } from './sheet';

it('shows every class as often as the others, at most ten pictures side by side', () => {
  expect([2, 3, 4, 5, 6, 9, 10].map(columnsFor)).toEqual([10, 9, 8, 10, 6, 9, 10]);
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
