import { expect, it } from 'vitest';
import { exportPaths } from './exportPaths';

function pathsOf(names: string[]): string[] {
  const count = names.length;
  const columns = {
    names,
    classNames: ['cat'],
    labels: new Int32Array(count),
    split: new Int8Array(count).fill(-1),
  };
  return exportPaths(columns, [...names.keys()]);
}

it('number pictures of one name, in whatever case, and those that bear such a number', () => {
  expect(pathsOf(['1/a.jpg', '2/a (2).jpg', '3/A.jpg', '4/a.jpg', '5/a (2).jpg'])).toEqual([
    'cat/a.png',
    'cat/a (2).png',
    'cat/A (3).png',
    'cat/a (4).png',
    'cat/a (2) (2).png',
  ]);
});

it('take no longer for each picture where thousands have one name', () => {
  const started = performance.now();
  const paths = pathsOf(Array.from({ length: 30_000 }, (_, i) => `${i}/image.jpg`));
  expect(performance.now() - started).toBeLessThan(5000);
  expect(new Set(paths).size).toBe(30_000);
});
