import { describe, expect, it } from 'vitest';
import type { FolderFile } from '../../platform/files';
import { colouredPictures, file, load } from './testing/load';

const { red, blue, green } = await colouredPictures();

describe('warnings', () => {
  const codes = async (files: FolderFile[]) => {
    const { report } = await load(files);
    return new Map(report.warnings.map(({ code, message }) => [code, message]));
  };

  it('name one picture in two classes, copies, and classes with one picture', async () => {
    const found = await codes([
      file('glass/a.png', green),
      file('metal/a.png', green),
      file('metal/b.png', red),
      file('metal/c.png', red),
    ]);
    expect(found.get('duplicates')).toMatch(/^2 pictures are/);
    expect(found.get('conflicting-labels')).toBe(
      'One picture is in more than one class: ‘glass/a.png’ in ‘glass’ and ‘metal’.',
    );
    expect(found.get('small-classes')).toMatch(/^The class ‘glass’ has one picture/);
    expect(found.has('single-class')).toBe(false);
  });

  it('tell of names that look alike, and of a single class', async () => {
    const twins = await codes([
      file('Glass/a.png', red),
      file('glass/b.png', blue),
      file('GLASS /c.png', green),
    ]);
    expect(twins.get('class-twins')).toContain('“Glass” and “glass” and “GLASS ”');
    const single = await codes([file('d/glass/a.png', red), file('d/glass/b.png', green)]);
    expect([...single.keys()]).toEqual(['single-class']);
    expect(await codes([file('a.png', red), file('b.png', green)])).toEqual(new Map());
  });
});
