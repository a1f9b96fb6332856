/** The names of the halves of a set, as folders and lists use them. */

const training = /^train(ing)?$/i;
const heldOut = /^(val|valid|validation|test|held[ _-]?out)$/i;

/** false = to train on, true = held out, null = no such name. */
export function splitOf(name: string): boolean | null {
  if (training.test(name)) return false;
  return heldOut.test(name) ? true : null;
}
