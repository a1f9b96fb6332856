/** A session on a fake device whose events can be awaited, each checked against the protocol as it comes. */

import { PawsaurError } from '../../platform/errors';
import type { SessionDependencies } from '../dependencies';
import {
  type Command,
  parseCommand,
  parseEvent,
  type SessionEvent,
  type SessionEventType,
} from '../protocol';
import { TrainingSession } from '../trainingSession';
import { FakeDevice, fakeDependencies, fakeRecipe } from './fakes';

type Unnumbered<C> = C extends Command ? Omit<C, 'id'> : never;
/** A command whose id is given when it is sent. */
export type Asked = Unnumbered<Command>;
type EventOf<T extends SessionEventType> = Extract<SessionEvent, { type: T }>;
/** How a command ended. */
export type Answer = EventOf<'done'> | EventOf<'refused'> | EventOf<'error'>;

export class Harness {
  readonly device = new FakeDevice();
  readonly events: SessionEvent[] = [];
  readonly session: TrainingSession;
  readonly failEngine: () => void;
  /** Hears every event as it comes. */
  listener: (event: SessionEvent) => void = () => undefined;
  #nextId = 1;

  constructor(overrides: Partial<SessionDependencies> = {}) {
    const { dependencies, failEngine } = fakeDependencies(this.device, overrides);
    this.failEngine = failEngine;
    this.session = new TrainingSession(dependencies, (event) => {
      const parsed = parseEvent(event);
      if (!parsed.ok) throw new Error(`An event does not fit the protocol: ${parsed.reason}`);
      this.events.push(event);
      this.listener(event);
    });
  }

  /** Sends a command and resolves with its answer. */
  async ask(command: Asked): Promise<Answer> {
    const id = this.#nextId++;
    const parsed = parseCommand({ ...command, id });
    if (!parsed.ok) throw new Error(parsed.reason);
    await this.session.handle(parsed.value);
    const answers = this.events.filter((event) => isAnswer(event) && event.replyTo === id) as Answer[];
    if (answers.length !== 1) throw new Error(`${command.type} was answered ${answers.length} times`);
    return answers[0]!;
  }

  /** Sends a command that must be taken. */
  async done(command: Asked): Promise<void> {
    const answer = await this.ask(command);
    if (answer.type === 'error') throw new PawsaurError(answer.error.code, answer.error.message);
    if (answer.type === 'refused') throw new Error(JSON.stringify(answer.problems));
  }

  /** Loads the built-in set and prepares the fake recipe. */
  async ready(changes: Partial<typeof fakeRecipe> = {}): Promise<this> {
    await this.done({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
    await this.done({ type: 'prepare', recipe: { ...fakeRecipe, ...changes } });
    return this;
  }

  /** All events of a kind, in order. */
  all<T extends SessionEventType>(type: T): EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  get state() {
    return this.all('state').at(-1)!.state;
  }

  /** Steps told of, in order. */
  get stepsTold(): number[] {
    return this.all('steps').flatMap(({ reports }) => [...reports.step]);
  }

  /** Resolves with the next event that passes; with one that came already if `past`. */
  until(passes: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    return new Promise((resolve) => {
      const before = this.listener;
      this.listener = (event) => {
        before(event);
        if (!passes(event)) return;
        this.listener = before;
        resolve(event);
      };
    });
  }

  untilPhase(phase: string): Promise<SessionEvent> {
    return this.until((event) => event.type === 'state' && event.state.phase === phase);
  }
}

/** Whether an event ends a command. */
function isAnswer(event: SessionEvent): event is Answer {
  if (event.type === 'error') return event.replyTo !== undefined;
  return event.type === 'done' || event.type === 'refused';
}
