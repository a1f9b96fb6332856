import { describe, expect, it } from 'vitest';
import { classesOf, colouredPictures, file, load, text } from './testing/load';

const { red, blue, green } = await colouredPictures();

describe('a list of labels', () => {
  it('gives classes to the pictures beside it, over what folders say', async () => {
    const set = await load([
      file('d/images/a.png', red),
      file('d/images/b.png', blue),
      file('d/images/c.png', green),
      text('d/index.csv', 'name,species,width\na,dog,3\nb,cat,4\nzebra,zebra,5\n'),
    ]);
    expect(set.index.classNames).toEqual(['cat', 'dog']);
    expect(classesOf(set)).toEqual(['dog', 'cat', null]);
    expect(set.lines.get('index.csv')).toMatchObject({
      outcome: 'used',
      detail: expect.stringMatching(/^labels of 2 pictures; one row was left out, the first is row 4: /),
    });
  });

  it('tells labels given from classes, and names the split', async () => {
    const { index } = await load([
      ...['a', 'b', 'c'].map((stem) => file(`${stem}.png`, red)),
      text('labels.csv', 'picture,label,split,truth\na.png,,train,cat\nb.png,dog,held-out,cat\nc.png,,,\n'),
    ]);
    expect(index.classNames).toEqual(['cat', 'dog']);
    expect([...index.labels]).toEqual([0, 0, -1]);
    expect([...index.given!]).toEqual([-1, 1, -1]);
    expect([...index.split]).toEqual([0, 1, -1]);
  });

  it('is left alone when it holds no classes', async () => {
    const names = [...Array(12).keys()].map((i) => `${i}.png`);
    const sizes = `file,bytes\n${names.map((name, i) => `${name},${1000 + 7 * i}\n`).join('')}`;
    const set = await load([...names.map((name) => file(name, red)), text('index.csv', sizes)]);
    expect(set.index.classNames).toEqual([]);
    expect(set.lines.get('index.csv')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining('no class'),
    });
  });

  it('speaks for its own folder only', async () => {
    const set = await load([
      file('train/1.png', red),
      file('val/1.png', blue),
      text('train/labels.csv', 'file,label\n1.png,cat\n'),
      text('val/labels.csv', 'file,label\n1.png,dog\n'),
    ]);
    expect(classesOf(set)).toEqual(['cat', 'dog']);
    expect([...set.index.split]).toEqual([0, 1]);
  });

  it('is the whole truth of a set that Pawsaur exported', async () => {
    const description = {
      format: 'pawsaur-set',
      version: 1,
      name: 'My <b>set</b>',
      size: 24,
      classNames: ['z', 'GLASS ', 'glass'],
      renamed: [['glass_2/2.png', 'glass/__proto__.png']],
    };
    const set = await load(
      [
        file('glass/1.png', red),
        file('glass_2/2.png', blue),
        file('none/3.png', green),
        text('labels.csv', 'picture,truth\nglass/1.png,GLASS \nglass_2/2.png,glass\nnone/3.png,\n'),
        text('pawsaur.json', JSON.stringify(description)),
      ],
      { size: null, name: 'file' },
    );
    expect(set.name).toBe('My <b>set</b>');
    expect(set.index.size).toBe(24);
    expect(set.index.classNames).toEqual(['z', 'GLASS ', 'glass']);
    expect(classesOf(set)).toEqual(['GLASS ', 'glass', null]);
    expect(set.index.names).toEqual(['glass/1.png', 'glass/__proto__.png', 'none/3.png']);
  });

  it('does no harm when it is broken, and neither does a description', async () => {
    const set = await load([
      file('cat/1.png', red),
      file('dog/2.png', blue),
      { path: 'labels.csv', bytes: () => Promise.reject(new Error('gone')) },
      text('cat/labels.txt', '"'),
      text('pawsaur.json', '{"format":"pawsaur-set","version":1,"size":1e9}'),
    ]);
    expect(classesOf(set)).toEqual(['cat', 'dog']);
    expect(set.index.size).toBe(16);
    const description = {
      format: 'pawsaur-set',
      version: 1,
      name: 'x',
      size: 16,
      classNames: [],
      renamed: [],
    };
    const ours = await load([
      file('cat/1.png', red),
      file('dog/2.png', blue),
      text('labels.csv', 'lost'),
      text('pawsaur.json', JSON.stringify(description)),
    ]);
    expect(classesOf(ours)).toEqual(['cat', 'dog']);
    const reasons = ['labels.csv', 'cat/labels.txt', 'pawsaur.json'].map(
      (path) => set.lines.get(path)?.reason,
    );
    expect(reasons).toEqual(['unreadable', 'not-an-image', 'not-an-image']);
  });
});
