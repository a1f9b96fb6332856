/** Finding what was asked for among the events that answered a command. */
import { PawsaurError } from '../../platform/errors';
import type { LibraryEvent } from './protocol';

export type EventOf<T extends LibraryEvent['type']> = Extract<LibraryEvent, { type: T }>;

export function find<T extends LibraryEvent['type']>(
  answers: readonly LibraryEvent[],
  type: T,
): EventOf<T> | undefined {
  return answers.find((answer): answer is EventOf<T> => answer.type === type);
}

/** @throws PawsaurError 'session/protocol' where the answer is missing */
export function found<T extends LibraryEvent['type']>(answers: readonly LibraryEvent[], type: T): EventOf<T> {
  const event = find(answers, type);
  if (event === undefined) throw noAnswer();
  return event;
}

export function noAnswer(): PawsaurError {
  return new PawsaurError('session/protocol', 'The library ended a command without an answer.');
}
