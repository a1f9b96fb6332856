import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxClasses, maxClassNameLength } from './classNames';
import { applyEdit, describeEdit, type LabelEdit } from './edits';
import { createLabelling, type Labelling, withGiven } from './labelling';

const pets = withGiven(
  createLabelling(['cat', 'dog', 'fox'], Int32Array.of(0, 1, 2, 2, -1)),
  Int32Array.of(0, 2, -1, 1, 2),
);
const addClass = (labelling: Labelling, name: string) => applyEdit(labelling, { kind: 'addClass', name });
const plain = ({ classNames, truth, given }: Labelling) => [classNames, [...truth], [...given]];

describe('an edit', () => {
  it('gives a class in place of the old label, and takes labels back', () => {
    const given = applyEdit(pets, { kind: 'give', indices: [0, 2], class: 1 });
    expect([...given.given]).toEqual([1, 2, 1, 1, 2]);
    expect([...applyEdit(given, { kind: 'takeBack', indices: [0, 4] }).given]).toEqual([-1, 2, 1, 1, -1]);
  });

  it('adds and renames classes', () => {
    const added = applyEdit(pets, { kind: 'addClass', name: '  red \n panda ' });
    expect(added.classNames).toEqual(['cat', 'dog', 'fox', 'red panda']);
    const renamed = applyEdit(added, { kind: 'renameClass', class: 1, name: 'hound' });
    expect(plain(renamed)).toEqual([
      ['cat', 'hound', 'fox', 'red panda'],
      [0, 1, 2, 2, -1],
      [0, 2, -1, 1, 2],
    ]);
    expect(applyEdit(pets, { kind: 'renameClass', class: 1, name: 'dog ' }).classNames).toEqual(
      pets.classNames,
    );
  });

  it('merges a class into another, downwards and upwards, and the truth follows', () => {
    expect(plain(applyEdit(pets, { kind: 'mergeClasses', from: 0, into: 2 }))).toEqual([
      ['dog', 'fox'],
      [1, 0, 1, 1, -1],
      [1, 1, -1, 0, 1],
    ]);
    expect(plain(applyEdit(pets, { kind: 'mergeClasses', from: 2, into: 0 }))).toEqual([
      ['cat', 'dog'],
      [0, 1, 0, 0, -1],
      [0, 0, -1, 1, 0],
    ]);
  });

  it('removes a class with its labels, given and true', () => {
    expect(plain(applyEdit(pets, { kind: 'removeClass', class: 1 }))).toEqual([
      ['cat', 'fox'],
      [0, -1, 1, 1, -1],
      [0, 1, -1, -1, 1],
    ]);
  });

  it.each<[LabelEdit, string]>([
    [{ kind: 'give', indices: [5], class: 0 }, 'labels/picture'],
    [{ kind: 'give', indices: [-1], class: 0 }, 'labels/picture'],
    [{ kind: 'takeBack', indices: [0.5] }, 'labels/picture'],
    [{ kind: 'give', indices: [0], class: 3 }, 'labels/class'],
    [{ kind: 'give', indices: [0], class: -1 }, 'labels/class'],
    [{ kind: 'addClass', name: 'dog' }, 'labels/class-name'],
    [{ kind: 'addClass', name: ' d\u202Eog' }, 'labels/class-name'],
    [{ kind: 'addClass', name: ' \t\u0000 ' }, 'labels/class-name'],
    [{ kind: 'addClass', name: 'x'.repeat(maxClassNameLength + 1) }, 'labels/class-name'],
    [{ kind: 'renameClass', class: 0, name: 'fox' }, 'labels/class-name'],
    [{ kind: 'renameClass', class: 7, name: 'owl' }, 'labels/class'],
    [{ kind: 'mergeClasses', from: 1, into: 1 }, 'labels/class'],
    [{ kind: 'mergeClasses', from: 1, into: 3 }, 'labels/class'],
    [{ kind: 'removeClass', class: Number.NaN }, 'labels/class'],
  ])('is refused where it cannot be: %j', (edit, code) => {
    expect(() => applyEdit(pets, edit)).toThrow(expect.objectContaining({ code }));
  });

  it('stops at the most classes there may be', () => {
    let labelling = createLabelling([], new Int32Array(0));
    for (let i = 0; i < maxClasses; i++) labelling = addClass(labelling, `class ${i}`);
    expect(() => addClass(labelling, 'one more')).toThrow(
      expect.objectContaining({ code: 'labels/too-many-classes' }),
    );
  });

  it('takes names for text, whatever they are', () => {
    for (const name of ['__proto__', 'constructor', 'شاي', '👩‍👧', '<b>', '=1+1', '🐕'.repeat(80)]) {
      expect(addClass(pets, name).classNames.at(-1)).toBe(name.normalize('NFC'));
    }
    expect(addClass(addClass(pets, '__proto__'), 'constructor').classNames.length).toBe(5);
    expect(addClass(pets, 'e\u0301').classNames.at(-1)).toBe('\u00e9');
  });

  it('is told in words, long names shortened', () => {
    expect(describeEdit(pets, { kind: 'give', indices: [0, 1], class: 1 })).toBe(
      'give 2 pictures the class ‘dog’',
    );
    expect(describeEdit(pets, { kind: 'takeBack', indices: [0] })).toBe('take back the label of one picture');
    expect(describeEdit(pets, { kind: 'mergeClasses', from: 0, into: 2 })).toBe('merge ‘cat’ into ‘fox’');
    const words = describeEdit(pets, { kind: 'renameClass', class: 0, name: 'x'.repeat(10_000) });
    expect(words).toBe(`rename ‘cat’ to ‘${'x'.repeat(29)}…’`);
  });
});

const edits = fc.oneof<fc.Arbitrary<LabelEdit>[]>(
  fc.record({
    kind: fc.constant('give' as const),
    indices: fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }),
    class: fc.integer({ min: -1, max: 5 }),
  }),
  fc.record({ kind: fc.constant('takeBack' as const), indices: fc.array(fc.nat(9), { maxLength: 4 }) }),
  fc.record({ kind: fc.constant('addClass' as const), name: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('renameClass' as const), class: fc.nat(5), name: fc.string() }),
  fc.record({ kind: fc.constant('mergeClasses' as const), from: fc.nat(5), into: fc.nat(5) }),
  fc.record({ kind: fc.constant('removeClass' as const), class: fc.nat(5) }),
);

it('keeps a labelling whole through any edits, and never changes the one before', () => {
  fc.assert(
    fc.property(fc.array(edits, { maxLength: 30 }), (list) => {
      let labelling = createLabelling(['a', 'b', 'c'], Int32Array.of(0, 1, 2, 0, 1, 2, -1, -1));
      for (const edit of list) {
        const before = structuredClone(plain(labelling));
        let after = labelling;
        try {
          after = applyEdit(labelling, edit);
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'PawsaurError' });
        }
        expect(plain(labelling)).toEqual(before);
        labelling = after;
        const classes = labelling.classNames.length;
        expect(new Set(labelling.classNames).size).toBe(classes);
        for (const labels of [labelling.truth, labelling.given]) {
          expect(labels.length).toBe(8);
          expect(labels.every((label) => label >= -1 && label < classes)).toBe(true);
        }
      }
    }),
  );
});
