/** What a file of labels may not do, whatever it holds. */
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { nearly, surviveInputs } from '../platform/testing/hostileInputs';
import { importLabels } from './csv';
import type { Labelling } from './labelling';

const names = ['cat/1.jpg', 'cat/2.jpg', 'dog/1.jpg', '__proto__', 'constructor.jpg'];
const labelling: Labelling = {
  classNames: ['cat', 'dog'],
  given: Int32Array.of(0, -1, 1, -1, -1),
  truth: Int32Array.of(0, 0, 1, -1, -1),
};

/** Reads the file; throws what is no outcome. */
function read(bytes: Uint8Array): void {
  const result = importLabels(bytes, labelling, { names });
  const { classNames, given } = result.labelling;
  if (given.length !== names.length) throw new Error('a label too many or too few');
  if (given.some((label) => label < -1 || label >= classNames.length)) throw new Error('a label of no class');
  if (result.problems.some(({ reason }) => reason === '')) throw new Error('no reason');
}

describe('whatever the bytes of a file of labels', () => {
  const encode = (text: string) => new Uint8Array(new TextEncoder().encode(text));

  it('rows give labels or reasons', async () => {
    const cell = fc.oneof(
      fc.constantFrom(...names, 'cat', 'dog', 'picture', 'label', '__proto__', '=1+1', '"', '', ' '),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    const row = fc
      .tuple(fc.array(cell, { maxLength: 4 }), fc.constantFrom(',', ';', '\t'))
      .map(([cells, delimiter]) => cells.join(delimiter));
    const file = fc
      .tuple(fc.array(row, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'))
      .map(([rows, end]) => encode(rows.join(end)));
    await surviveInputs(file, read);
  });

  it('bytes give labels or reasons', async () => {
    const sample = encode('picture,label\ncat/1.jpg,cat\n"dog/1.jpg","a ""new"" one"\n__proto__,toString\n');
    await surviveInputs(nearly(sample), read);
  });
});
