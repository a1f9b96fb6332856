/** Small pictures for those that are on screen, asked for as they come into view and kept for a while. */

import { useEffect, useRef, useState } from 'react';
import { reportError } from '../store/notify';
import { session } from '../store/run';

/** Pictures asked for at once, and kept in all (at 96 px some 36 kB each). */
const batch = 96;
const mostKept = 1500;
/** Rest while somebody scrolls fast, ms. */
const restMs = 40;

/** Pixels of the pictures `wanted`, RGBA of `size` px, as far as they are there. */
export function useThumbnails(
  wanted: readonly number[],
  size: number,
  generation: number,
): ReadonlyMap<number, Uint8ClampedArray> {
  const cache = useRef({
    generation,
    pixels: new Map<number, Uint8ClampedArray>(),
    asked: new Set<number>(),
  });
  const [, setArrivals] = useState(0);
  if (cache.current.generation !== generation) {
    cache.current = { generation, pixels: new Map(), asked: new Set() };
  }
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const list = wanted.join();
  useEffect(() => {
    const { pixels, asked } = cache.current;
    const now = cache.current;
    const missing = (list === '' ? [] : list.split(',').map(Number)).filter(
      (index) => !pixels.has(index) && !asked.has(index),
    );
    if (missing.length === 0) return;
    const fetchBatch = async (indices: number[]) => {
      for (const index of indices) asked.add(index);
      try {
        const got = await session().thumbnails(indices, size);
        if (got.generation !== generation || cache.current !== now) return;
        const area = got.size * got.size * 4;
        got.indices.forEach((index, i) => {
          pixels.set(index, got.pixels.slice(i * area, (i + 1) * area));
        });
        for (const oldest of pixels.keys()) {
          if (pixels.size <= mostKept) break;
          pixels.delete(oldest);
        }
        if (alive.current) setArrivals((count) => count + 1);
      } catch (thrown) {
        reportError(thrown);
      } finally {
        for (const index of indices) asked.delete(index);
      }
    };
    const timer = setTimeout(() => {
      for (let at = 0; at < missing.length; at += batch) void fetchBatch(missing.slice(at, at + batch));
    }, restMs);
    return () => clearTimeout(timer);
  }, [list, size, generation]);
  return cache.current.pixels;
}
