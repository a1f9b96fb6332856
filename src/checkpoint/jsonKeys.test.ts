import { describe, expect, it } from 'vitest';
import { repeatedKey } from './jsonKeys';

describe('repeated keys', () => {
  it('finds them however they are spelt or spaced', () => {
    expect(repeatedKey('{"a":1,"b":2,"a":3}')).toBe('a');
    expect(repeatedKey(`{"a":1,"\\u0061"${' '.repeat(50)}\n:3}`)).toBe('a');
    expect(repeatedKey('{"x":{"dtype":"F32","dtype":"I32"}}')).toBe('dtype');
    expect(repeatedKey('[{"a":1},{"c\\"":1,"c\\"":2}]')).toBe('c"');
  });

  it('takes neither values nor keys of other objects for repeats', () => {
    expect(repeatedKey('{"a":"a","b":["a","a"],"c":{"a":1,"d":{"a":2}},"e":{"a":"{\\"a\\":[}"}}')).toBeNull();
  });

  it('survives strings of many megabytes', () => {
    expect(repeatedKey(`{"${'\\n'.repeat(3e6)}":1,"b":2,"b":3}`)).toBe('b');
  });
});
