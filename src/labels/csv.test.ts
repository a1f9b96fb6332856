import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxClasses } from './classNames';
import { exportLabels, importLabels, type LabelImport } from './csv';
import { createLabelling, type Labelling, withGiven } from './labelling';

const names = ['cats/1.png', 'cats/2.png', 'dogs/1.png', 'dogs/30.JPG', 'über/Ä.png'];
const fresh = createLabelling(['cat', 'dog'], Int32Array.of(0, 0, 1, 1, -1));
const encode = (text: string) => new TextEncoder().encode(text);
const read = (text: string, labelling: Labelling = fresh) => importLabels(encode(text), labelling, { names });
const labels = (result: LabelImport) => [...result.labelling.given];
const reasons = (result: LabelImport) => result.problems.map(({ row, reason }) => `${row}: ${reason}`);

describe('a label file', () => {
  it('is written with picture, label, split and truth, as spreadsheets read it', () => {
    const labelling = withGiven(
      { ...fresh, classNames: ['cat', 'a "dog", big'] },
      Int32Array.of(-1, 0, 1, -1, 1),
    );
    expect(exportLabels(labelling, { names, heldOut: [0, 1, 0, 0, 0] })).toBe(
      [
        '\uFEFFpicture,label,split,truth',
        'cats/1.png,,train,cat',
        'cats/2.png,cat,held-out,cat',
        'dogs/1.png,"a ""dog"", big",train,"a ""dog"", big"',
        'dogs/30.JPG,,train,"a ""dog"", big"',
        'über/Ä.png,"a ""dog"", big",train,',
        '',
      ].join('\r\n'),
    );
  });

  it('never holds a cell that a spreadsheet would run, and reads it back all the same', () => {
    const classNames = ['=1+1', "'=1+1", '+a', '-b', '@c', "'quoted"];
    const files = classNames.map((_, i) => `=${i}.png`);
    const labelling = withGiven(
      createLabelling(classNames, new Int32Array(6).fill(-1)),
      Int32Array.of(0, 1, 2, 3, 4, 5),
    );
    const text = exportLabels(labelling, { names: files, heldOut: [] });
    for (const cell of text.slice(1).split(/[,\r\n]+/)) expect(cell).not.toMatch(/^"?[=+\-@]/);
    const result = importLabels(encode(text), createLabelling(classNames, labelling.truth), { names: files });
    expect(labels(result)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(result.newClasses).toEqual([]);
  });

  it('survives export and import, whatever names there are', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => /\S/.test(text));
    const distinct = (maxLength: number) => fc.uniqueArray(name, { minLength: 1, maxLength });
    fc.assert(
      fc.property(distinct(8), distinct(12), fc.infiniteStream(fc.nat(8)), (classNames, files, stream) => {
        const given = Int32Array.from(
          files,
          () => (stream.next().value as number) % (classNames.length + 1),
        ).map((label) => label - 1);
        const empty = createLabelling(classNames, new Int32Array(files.length).fill(-1));
        const text = exportLabels(withGiven(empty, given), { names: files, heldOut: [] });
        const result = importLabels(encode(text), empty, { names: files });
        expect(result.problems).toEqual([]);
        expect(labels(result)).toEqual([...given]);
        expect(result.labelling.classNames).toEqual(classNames);
      }),
    );
  });

  it.each([
    ['filename,class\ncats/1.png,dog\n', 'other headers'],
    ['id,Class Name,FILE_PATH,score\n7,dog,cats/1.png,0.3\n', 'more columns'],
    ['Image;Category\ncats/1.png;dog\n', 'semicolons'],
    ['target\timage\ndog\tcats/1.png\n', 'tabs'],
    ['sep=;\r\npath;label\r\ncats/1.png;dog', 'a line that names the separator'],
    ['cats/1.png,dog\n', 'no header'],
    ['dog;cats/1.png\n', 'no header, the other way round'],
    ['Bild;Klasse\ncats/1.png;dog', 'headers in another language'],
    ['"picture","label"\r\n"cats/1.png","dog"\r\n', 'quotes everywhere'],
    ['picture,label\rcats/1.png,dog\r', 'old line ends'],
    ['picture,label\n\n,\ncats/1.png,dog\n\n', 'empty rows'],
    ['picture,label\ncats\\1.png, dog ', 'backslashes and blanks'],
    ['picture,label\n/home/me/pets/cats/1.png,dog', 'folders above the data set'],
    ['picture,label\n./CATS/1.PNG,dog', 'capitals'],
    ['image_id,label\ncats/1,dog', 'no extension'],
    ['__proto__,constructor,picture,label\n1,2,cats/1.png,dog', 'columns named like prototypes'],
  ])('is read with %j: %s', (text) => {
    const result = read(text);
    expect(reasons(result)).toEqual([]);
    expect(labels(result)).toEqual([1, -1, -1, -1, -1]);
    expect(result.given).toBe(1);
  });

  it('tells labels, truth and split apart when asked for one of them', () => {
    const text = 'picture,label,split,truth\ncats/1.png,,train,cat\ncats/2.png,dog,held-out,cat\n';
    const column = (told: 'label' | 'truth' | 'split', content = text) =>
      importLabels(encode(content), fresh, { names }, told);
    expect(labels(column('label'))).toEqual([-1, 1, -1, -1, -1]);
    expect(labels(column('truth'))).toEqual([0, 0, -1, -1, -1]);
    expect(column('split').newClasses).toEqual(['train', 'held-out']);
    expect(column('truth', 'picture,label\ncats/1.png,cat\n').problems).toMatchObject([{ row: 0 }]);
    expect(column('label', 'picture,colour\ncats/1.png,red\n').given).toBe(0);
  });

  it('is read in any encoding, with and without a byte-order mark', () => {
    const text = 'picture,label\nüber/Ä.png,chaton-né\n';
    const utf16 = (mark: boolean, big: boolean) => {
      const marked = (mark ? '\uFEFF' : '') + text;
      const bytes = new Uint8Array(2 * marked.length);
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < marked.length; i++) view.setUint16(2 * i, marked.charCodeAt(i), !big);
      return bytes;
    };
    const files = {
      'utf-8': encode(text),
      'utf-8 marked': encode(`\uFEFF${text}`),
      'utf-16le': utf16(false, false),
      'utf-16be': utf16(false, true),
      'utf-16le marked': utf16(true, false),
      'utf-16be marked': utf16(true, true),
      'windows-1252': Uint8Array.from(text, (character) => character.charCodeAt(0)),
    };
    for (const [encoding, bytes] of Object.entries(files)) {
      const result = importLabels(bytes, fresh, { names });
      expect(result.newClasses, encoding).toEqual(['chaton-né']);
      expect(labels(result), encoding).toEqual([-1, -1, -1, -1, 2]);
    }
  });

  it('finds a picture by its name alone where only one has it', () => {
    const result = read('file,label\n2.png,dog\n30,cat\n1.png,cat\ncats/30.jpg,cat\n');
    expect(labels(result)).toEqual([-1, 1, -1, 0, -1]);
    expect(reasons(result)).toEqual([
      '4: Several pictures have this name; write the folder too.',
      '5: There is no such picture in the data set.',
    ]);
  });

  it('adds classes it does not know, once each, with clean names', () => {
    const result = read('picture,label\ncats/1.png,fox\ncats/2.png, fox\u202E\ndogs/1.png,__proto__\n');
    expect(result.newClasses).toEqual(['fox', '__proto__']);
    expect(labels(result)).toEqual([2, 2, 3, -1, -1]);
    expect(({} as Record<string, unknown>).label).toBeUndefined();
  });

  it('adds no class for a row that is left out', () => {
    const result = read('picture,label\ncats/1.png,cat\ncats/1.png,wolf\nnowhere.png,fox\n');
    expect(reasons(result)).toEqual([
      '3: Row 2 calls this picture ‘cat’; that was kept.',
      '4: There is no such picture in the data set.',
    ]);
    expect(result.newClasses).toEqual([]);
  });

  it('keeps the good rows and lists every other with the reason', () => {
    const result = read(
      [
        'picture,label',
        'cats/1.png,cat',
        'cats/1.png,cat',
        'cats/1.png,dog',
        'nowhere.png,cat',
        ',cat',
        'dogs/1.png',
        `dogs/1.png,${'x'.repeat(10_000)}`,
        'cats/2.png,',
        'dogs/1.png,dog',
      ].join('\n'),
    );
    expect(labels(result)).toEqual([0, -1, 1, -1, -1]);
    expect(result.given).toBe(2);
    expect(reasons(result)).toEqual([
      '4: Row 2 calls this picture ‘cat’; that was kept.',
      '5: There is no such picture in the data set.',
      '6: The row names no picture.',
      '7: The row is too short.',
      `8: The name ‘${'x'.repeat(29)}…’ has 10000 characters; 80 are the most a class may have.`,
    ]);
    expect(result.problems[1]!.text).toBe('nowhere.png, cat');
    expect(result.problems[4]!.text.length).toBe(80);
  });

  it('loses only the broken row to a quote that does not close', () => {
    const result = read('picture,label\n"cats/1.png,cat\ncats/2.png,dog\n"dogs/1.png","dog"\n');
    expect(labels(result)).toEqual([-1, 1, 1, -1, -1]);
    expect(reasons(result)).toEqual(['2: The quotes in this row do not close.']);
  });

  it('leaves labels alone that it does not mention', () => {
    const before = withGiven(fresh, Int32Array.of(1, 1, 1, 1, 1));
    const result = read('picture,label\ncats/1.png,cat\ncats/2.png,\n', before);
    expect(labels(result)).toEqual([0, 1, 1, 1, 1]);
    expect([...before.given]).toEqual([1, 1, 1, 1, 1]);
    expect(result.labelling.classNames).toBe(before.classNames);
  });

  it('stops adding classes at the most there may be', () => {
    const crowd = createLabelling(
      Array.from({ length: maxClasses }, (_, i) => `c${i}`),
      new Int32Array(5),
    );
    const result = read('picture,label\ncats/1.png,new\ncats/2.png,c7', crowd);
    expect(reasons(result)).toEqual(['2: There are 100 classes already, the most there may be.']);
    expect(labels(result)[1]).toBe(7);
    expect(result.labelling.classNames.length).toBe(maxClasses);
  });

  it.each([
    ['', /empty/],
    [' \n\t\n', /empty/],
    ['person,age\nanna,7\n', /no columns/],
    ['picture,colour,size\ncats/1.png,red,3', /no columns/],
    ['just a sentence', /no columns/],
    ['PK\u0003\u0004 …', /spreadsheet/],
  ])('is refused as a whole when it is %j', (text, reason) => {
    const result = read(text);
    expect(result.labelling).toBe(fresh);
    expect(result.problems.length).toBe(1);
    expect(result.problems[0]!.row).toBe(0);
    expect(result.problems[0]!.reason).toMatch(reason);
  });

  it('never throws and keeps the labelling whole, whatever the file holds', () => {
    const pieces = fc.constantFrom(
      ...[
        ',',
        ';',
        '\t',
        '\n',
        '\r',
        '"',
        "'",
        '=',
        'picture',
        'label',
        'cats/1.png',
        'dog',
        '\0',
        '\uFEFF',
        '/',
      ],
      ...['\u202E', '\uD800', 'é', '__proto__', 'sep=,\n'],
    );
    const files = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map((list) => encode(list.join(''))),
      fc.array(pieces, { maxLength: 60 }).map((list) => encode(`picture,label\n${list.join('')}`)),
    );
    fc.assert(
      fc.property(files, (bytes) => {
        const result = importLabels(bytes, fresh, { names });
        const { classNames, given, truth } = result.labelling;
        expect(truth).toEqual(fresh.truth);
        expect(classNames.slice(0, 2)).toEqual(['cat', 'dog']);
        expect(given.length).toBe(5);
        expect(given.every((label) => label >= -1 && label < classNames.length)).toBe(true);
        for (const problem of result.problems) expect(problem.reason).toMatch(/^\S.*[.:]?$/);
      }),
      { numRuns: 500 },
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('reads 10,000 rows within 200 ms, good or bad', () => {
    const files = Array.from({ length: 10_000 }, (_, i) => `class ${i % 50}/picture ${i}.png`);
    const big = createLabelling([], new Int32Array(10_000).fill(-1));
    const bodies = {
      good: files.map((file, i) => `${file},"label ${i % 50}"`),
      broken: files.map((file, i) => `"x${file},label ${i}`),
      'of too many classes': files.map((file, i) => `${file},label ${i}`),
    };
    for (const [kind, rows] of Object.entries(bodies)) {
      const bytes = encode(`picture,label\n${rows.join('\n')}\n`);
      // Time of the processor, and the best of a few: the machine has other things to do.
      const times = Array.from({ length: 4 }, () => {
        const start = process.cpuUsage();
        const result = importLabels(bytes, big, { names: files });
        const { user, system } = process.cpuUsage(start);
        expect(result.given + result.problems.length).toBe(10_000);
        return (user + system) / 1000;
      });
      expect(Math.min(...times), kind).toBeLessThan(200);
    }
  });
});
