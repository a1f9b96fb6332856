import { describe, expect, it } from 'vitest';
import { memoryPixels } from '../dataset';
import { smallPixels } from './baselines';
import { fakeDataset } from './testing/fakes';

describe('smallPixels', () => {
  it('reads few pictures at a time, and each once', () => {
    const count = 600;
    const packed = Uint32Array.from({ length: count }, (_, i) => 0xff000000 | (i % 256));
    const stored = memoryPixels(packed, 1);
    const read: number[] = [];
    const pixels = {
      ...stored,
      take: (indices: ArrayLike<number>) => {
        read.push(indices.length);
        return stored.take(indices);
      },
    };
    const indices = Int32Array.from({ length: count }, (_, i) => count - 1 - i);
    const rows = smallPixels(fakeDataset({ size: 1, count, pixels }), indices);
    expect(Math.max(...read)).toBeLessThan(count);
    expect(read.reduce((a, b) => a + b, 0)).toBe(count);
    const dim = rows.length / count;
    const reds = Array.from(indices, (_, row) => rows[row * dim]!);
    const mean = [...indices].reduce((sum, index) => sum + (index % 256), 0) / count / 255;
    for (const row of [0, 255, 256, 599]) {
      expect(reds[row]).toBeCloseTo((indices[row]! % 256) / 255 - mean, 5);
    }
  });
});
