import { describe, expect, it } from 'vitest';
import { encodePicture } from '../../platform/testing/pictures';
import { colouredPictures, file, load, text } from './testing/load';

const { red, blue, green } = await colouredPictures();

describe('masks', () => {
  it('come with their pictures, at any scale of the same shape', async () => {
    const half = await encodePicture('png', {
      width: 25,
      height: 25,
      colour: [0, 0, 0],
      right: [255, 255, 255],
    });
    const { index, masks, lines } = await load([
      file('images/a.png', red),
      file('images/b.png', green),
      file('masks/b.png', half),
    ]);
    expect([...index.maskRows]).toEqual([-1, 0]);
    expect([masks!.has(0), masks!.has(1)]).toEqual([false, true]);
    const [none, some] = [masks!.take([0]), masks!.take([1])];
    expect(none.includes(1)).toBe(false);
    expect([...some.slice(0, 16)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(lines.get('masks/b.png')).toMatchObject({ outcome: 'used', detail: 'mask of images/b.png' });
    expect(index.classNames).toEqual([]);
  });

  it('are left out where they do not fit, cannot be read, or have no picture', async () => {
    const { index, lines, report } = await load([
      file('1.png', red),
      file('2.png', blue),
      text('3.png', 'no'),
      file('4.png', green),
      file('masks/1.png', blue),
      text('masks/2.png', 'no'),
      file('masks/3.png', red),
      file('masks/4.png', await encodePicture('png', { width: 50, height: 50, colour: [0, 0, 0] })),
      file('masks/5.png', red),
    ]);
    expect([...index.maskRows]).toEqual([-1, -1, 0]);
    const reasons = ['1', '2', '3', '4', '5'].map((stem) => lines.get(`masks/${stem}.png`)!.reason);
    expect(reasons).toEqual(['mask-unfit', 'not-an-image', 'mask-unfit', null, 'mask-unfit']);
    expect(report.warnings.map(({ code }) => code)).toContain('empty-masks');
  });
});
