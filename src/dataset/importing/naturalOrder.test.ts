import { describe, expect, it } from 'vitest';
import { sortNaturally } from './naturalOrder';

const sorted = (names: string[]) => sortNaturally(names, (name) => name);

describe('sortNaturally', () => {
  it('counts numbers by value', () => {
    expect(sorted(['digit_10', 'digit_2', 'digit_1', 'digit_02', 'digit'])).toEqual([
      'digit',
      'digit_1',
      'digit_02',
      'digit_2',
      'digit_10',
    ]);
    expect(sorted(['9007199254740993', '9007199254740992', '10'])).toEqual([
      '10',
      '9007199254740992',
      '9007199254740993',
    ]);
  });

  it('puts capitals beside small letters and folders before longer names', () => {
    expect(sorted(['b', 'B', 'a', 'A2', 'a10'])).toEqual(['a', 'A2', 'a10', 'B', 'b']);
    expect(sorted(['cat 2/1.jpg', 'cat/10.jpg', 'cat/9.jpg', 'cat-3/1.jpg'])).toEqual([
      'cat/9.jpg',
      'cat/10.jpg',
      'cat 2/1.jpg',
      'cat-3/1.jpg',
    ]);
  });

  it('gives one order whatever order the names come in', () => {
    const names = ['é', 'e\u0301', '\ud83d', '__proto__', '', '😺', 'constructor', '1', '01', ' '];
    const expected = sorted(names);
    for (let turn = 1; turn < names.length; turn++) {
      expect(sorted([...names.slice(turn), ...names.slice(0, turn)].reverse())).toEqual(expected);
    }
  });
});
