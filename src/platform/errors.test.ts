import { describe, expect, it } from 'vitest';
import { asPawsaurError, messageOf, PawsaurError } from './errors';

describe('PawsaurError', () => {
  it('carries a code, a sentence and a hint', () => {
    const error = new PawsaurError('import/no-images', 'No pictures were found.', 'Drop a folder.');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'PawsaurError',
      code: 'import/no-images',
      message: 'No pictures were found.',
      hint: 'Drop a folder.',
    });
  });
});

describe('asPawsaurError', () => {
  it('passes our own errors through untouched', () => {
    const error = new PawsaurError('a', 'b');
    expect(asPawsaurError(error)).toBe(error);
  });

  it('keeps the original as the cause of an unexpected error', () => {
    const cause = new TypeError('x is\n not a function');
    const error = asPawsaurError(cause);
    expect(error.code).toBe('unexpected');
    expect(error.message).toBe('Something went wrong: x is not a function');
    expect(error.cause).toBe(cause);
  });

  it('recognises an abort', () => {
    const controller = new AbortController();
    controller.abort();
    expect(asPawsaurError(controller.signal.reason).code).toBe('aborted');
  });

  it.each([undefined, null, '', 0, {}])('says something for %j', (thrown) => {
    expect(messageOf(thrown).length).toBeGreaterThan(0);
  });
});
