/**
 * Names of classes, which are untrusted text: cleaned of what cannot be seen, limited in length, compared as
 * text, shortened for sentences, and never used as keys of an object.
 */
import { PawsaurError } from '../platform/errors';

/** Most classes a labelling may have. */
export const maxClasses = 100;

/** Most characters a new class name may have. */
export const maxClassNameLength = 80;

/** Marks that turn the direction of the text around them, which two names may differ in without showing it. */
const directionMarks = /[\u202A-\u202E\u2066-\u2069]/g;
/** Halves of characters, which no file can hold. */
const loneSurrogates = /\p{Surrogate}/gu;
const blanks = /[\s\p{Cc}]+/gu;

/** The name as it is kept: one spelling for every character, one space for every gap, no hidden marks. */
export function cleanClassName(name: string): string {
  return name
    .replace(loneSurrogates, '\uFFFD')
    .replace(directionMarks, '')
    .replace(blanks, ' ')
    .trim()
    .normalize('NFC');
}

/**
 * The cleaned name for a class that is to stand beside `others`. Throws 'labels/class-name' when nothing is left
 * of it, when it is too long, or when another class has it.
 */
export function newClassName(name: string, others: readonly string[]): string {
  const clean = cleanClassName(name);
  if (clean === '') {
    throw new PawsaurError(
      'labels/class-name',
      'A class needs a name.',
      'Type at least one letter or digit.',
    );
  }
  if ([...clean].length > maxClassNameLength) {
    throw new PawsaurError(
      'labels/class-name',
      `The name ${quoted(clean)} has ${[...clean].length} characters; ${maxClassNameLength} are the most a class may have.`,
      'Take a shorter name.',
    );
  }
  if (others.some((other) => cleanClassName(other) === clean)) {
    throw new PawsaurError(
      'labels/class-name',
      `There is a class ${quoted(clean)} already.`,
      'Take another name, or merge the two classes.',
    );
  }
  return clean;
}

/** At most `most` characters of a text, cleaned for sentences. */
export function shortened(text: string, most = 30): string {
  // Looking at no more than could be shown: the text may be a whole file.
  const characters = [...cleanClassName(text.slice(0, 8 * most))];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('');
}

/** A name in a sentence. */
export function quoted(name: string): string {
  return `‘${shortened(name)}’`;
}

/** At most five of `items` in a row, and how many more there are. */
export function listed(items: readonly string[]): string {
  const more = items.length - 5;
  const shown = items.slice(0, 5);
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join('');
}
