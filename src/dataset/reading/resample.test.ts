import { describe, expect, it } from 'vitest';
import { type OpenPicture, openPixels } from '../../platform/imageDecoder';
import { resampleSquare } from './resample';

/** A picture with slopes, wraps and hard edges. */
function pixels(width: number, height: number): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const blue = (Math.floor(x / 3) + Math.floor(y / 2)) % 2 ? 230 : 20;
      rgba.set([(x * 37 + y * 91) % 256, (x * x * 5 + y * 13) % 256, blue, 255], (y * width + x) * 4);
    }
  }
  return rgba;
}

const picture = (width: number, height: number) => openPixels(pixels(width, height), width, height);

const shrunk = [
  102, 18, 43, 152, 66, 216, 121, 158, 125, 90, 110, 34, 123, 125, 207, 111, 43, 195, 108, 96, 47, 138, 164,
  125, 124, 84, 203, 105, 95, 55, 131, 69, 55, 104, 123, 203, 112, 186, 125, 136, 116, 47, 127, 129, 195, 141,
  92, 195, 128, 165, 47, 101, 108, 125, 113, 113, 203, 141, 172, 55, 134, 117, 43, 132, 191, 216, 144, 131,
  125, 91, 118, 34, 111, 134, 207,
];
const enlarged = [
  75, 12, 0, 84, 13, 3, 118, 18, 0, 165, 27, 0, 196, 37, 67, 219, 54, 241, 247, 81, 255, 255, 95, 243, 136,
  17, 96, 165, 18, 97, 177, 23, 95, 118, 32, 92, 101, 42, 112, 128, 59, 152, 158, 86, 159, 168, 100, 152, 167,
  27, 243, 213, 28, 238, 207, 33, 246, 54, 42, 255, 0, 52, 179, 26, 69, 17, 64, 96, 0, 75, 110, 15, 56, 36,
  255, 82, 37, 255, 98, 42, 255, 54, 51, 255, 39, 61, 192, 67, 78, 0, 124, 105, 0, 151, 119, 0, 11, 42, 167,
  17, 43, 165, 54, 48, 168, 117, 57, 177, 167, 67, 144, 185, 84, 87, 151, 111, 76, 130, 125, 86, 95, 51, 29,
  107, 52, 33, 138, 57, 26, 165, 66, 11, 221, 76, 81, 234, 93, 213, 90, 120, 238, 4, 134, 215, 168, 61, 1,
  202, 62, 5, 209, 67, 0, 117, 76, 0, 90, 86, 68, 124, 103, 239, 77, 130, 255, 41, 144, 241, 194, 66, 27, 243,
  67, 30, 233, 72, 24, 64, 81, 8, 0, 91, 80, 26, 108, 215, 86, 135, 241, 109, 149, 217,
];

describe('resampleSquare', () => {
  // The same pictures through Pillow 12.3: centre crop, resize((n, n), Image.LANCZOS).
  it.each([
    { width: 12, height: 10, side: 5, pillow: shrunk },
    { width: 5, height: 7, side: 8, pillow: enlarged },
  ])('agrees with Pillow from $width × $height to $side', ({ width, height, side, pillow }) => {
    const ours = [...resampleSquare(picture(width, height), side)];
    expect(ours.length).toBe(pillow.length);
    const differences = ours.map((value, i) => Math.abs(value - pillow[i]!));
    expect(Math.max(...differences)).toBeLessThanOrEqual(1);
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(0.05);
  });

  it('takes a square of the right size as it is', () => {
    expect([...resampleSquare(picture(6, 6), 6)]).toEqual([...pixels(6, 6)].filter((_, i) => i % 4 !== 3));
  });

  it('cuts the middle out of wide and tall pictures', () => {
    const wide = new Uint8Array(9 * 3 * 3);
    for (let y = 0; y < 3; y++) for (let x = 3; x < 6; x++) wide.set([200, 100, 50], (y * 9 + x) * 3);
    expect([...resampleSquare(openPixels(wide, 9, 3), 1)]).toEqual([200, 100, 50]);
    const tall = new Uint8Array(3 * 9 * 3);
    for (let y = 3; y < 6; y++) for (let x = 0; x < 3; x++) tall.set([10, 20, 30], (y * 3 + x) * 3);
    expect([...resampleSquare(openPixels(tall, 3, 9), 2)]).toEqual([
      10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30,
    ]);
  });

  it('keeps a flat colour flat at any size', () => {
    const flat = openPixels(new Uint8Array(170 * 230 * 3).fill(137), 170, 230);
    for (const side of [1, 5, 17, 40, 169, 170, 300]) {
      expect(new Set(resampleSquare(flat, side))).toEqual(new Set([137]));
    }
  });

  it('averages boxes of large pictures first, strip by strip', () => {
    const small = pixels(30, 30);
    const large = new Uint8Array(600 * 600 * 4);
    for (let i = 0; i < 600 * 600; i++) {
      const source = Math.floor(i / 600 / 20) * 30 + Math.floor((i % 600) / 20);
      large.set(small.subarray(source * 4, source * 4 + 4), i * 4);
    }
    const open = openPixels(large, 600, 600);
    const strips: number[][] = [];
    const noting: OpenPicture = {
      ...open,
      readRows(top, rows, left, width) {
        strips.push([top, rows]);
        return open.readRows(top, rows, left, width);
      },
    };
    expect(resampleSquare(noting, 10)).toEqual(resampleSquare(openPixels(small, 30, 30), 10));
    expect(strips).toEqual([
      [0, 420],
      [420, 180],
    ]);
  });

  it('does not shift what boxes do not divide evenly', () => {
    const slope = new Uint8Array(1003 * 1003 * 3);
    for (let i = 0; i < slope.length; i += 3) slope.fill((((i / 3) % 1003) * 255) / 1002, i, i + 3);
    const rgb = resampleSquare(openPixels(slope, 1003, 1003), 10);
    for (let x = 0; x < 10; x++)
      expect(Math.abs(rgb[3 * x]! - (x + 0.5) * 25.5)).toBeLessThan(x % 9 ? 1.5 : 4);
  });
});
