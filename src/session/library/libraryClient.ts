/**
 * The page's side of the library: a plain observable. It starts the worker, turns commands into promises, and keeps
 * the latest list of sets as one immutable state.
 */
import { messageOf, PawsaurError } from '../../platform/errors';
import { type EventOf, find, found, noAnswer } from './answers';
import { deadReport, errorReport, toError } from './errorReports';
import type {
  BuiltinPreview,
  ImportOutcome,
  ImportRequest,
  Library,
  LibraryProgress,
  LibraryState,
  Underway,
} from './library';
import { type LibraryPort, type OpenLibraryPort, openLibraryWorker } from './libraryPort';
import {
  type BuiltinRequest,
  type ImportReport,
  type KeptLabels,
  type LibraryCommand,
  type LibraryEvent,
  longestName,
  parseLibraryEvent,
  type SetColumns,
} from './protocol';

type Ask = LibraryCommand extends infer C ? (C extends LibraryCommand ? Omit<C, 'id'> : never) : never;

interface Pending {
  answers: LibraryEvent[];
  onProgress: (progress: LibraryProgress) => void;
  resolve(answers: LibraryEvent[]): void;
  /** With what was told before the error. */
  reject(error: PawsaurError, answers: LibraryEvent[]): void;
}

interface ClientParts {
  openPort: OpenLibraryPort;
  /** Asks the browser not to clear what is kept when it needs room; only a page may. */
  persist: () => Promise<unknown>;
}

const nothing: LibraryState = { connection: 'starting', sets: [], storage: null, lost: [], error: null };

export class LibraryClient implements Library {
  readonly #parts: ClientParts;
  readonly #listeners = new Set<() => void>();
  readonly #pending = new Map<number, Pending>();
  #state: LibraryState = nothing;
  #port: LibraryPort | null = null;
  #nextId = 1;
  /** Rises with every worker opened or lost: a late message of an earlier one is not heard. */
  #generation = 0;
  #askedToPersist = false;

  /** @param parts tests give others. The worker starts with the first command or `connect()`. */
  constructor(parts: Partial<ClientParts> = {}) {
    this.#parts = { openPort: openLibraryWorker, persist: askToPersist, ...parts };
  }

  getState = (): LibraryState => this.#state;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Also starts a new worker in the place of one that died. */
  connect(): void {
    if (this.#port !== null) return;
    if (this.#state.connection === 'dead') {
      this.#update({ ...this.#state, connection: 'starting', error: null });
    }
    const generation = ++this.#generation;
    const current = () => this.#generation === generation;
    try {
      const port = this.#parts.openPort({
        message: (data) => {
          if (current()) this.#receive(data);
        },
        failed: (reason) => {
          if (current()) this.#die(reason);
        },
      });
      if (current()) this.#port = port;
      else port.close();
    } catch (thrown) {
      this.#die(messageOf(thrown));
    }
  }

  importFiles(
    { name, files, lines = [], into, size }: ImportRequest,
    onProgress?: (progress: LibraryProgress) => void,
  ): Underway<ImportOutcome> {
    this.#persist();
    const command = {
      type: 'import' as const,
      // A set may have a longer name than a command: one that names itself.
      name: name.slice(0, longestName),
      files,
      lines,
      into: into ?? null,
      size: size ?? null,
    };
    const { id, answer } = this.#send(command, onProgress);
    const done = answer.then(
      (answers): ImportOutcome => {
        const imported = find(answers, 'imported');
        return imported
          ? { ok: true, set: imported.set, report: imported.report }
          : { ok: false, error: errorReport(noAnswer()), report: null };
      },
      ({ error, answers }: Refusal): ImportOutcome => ({
        ok: false,
        error: errorReport(error),
        report: find(answers, 'notImported')?.report ?? null,
      }),
    );
    return { done, cancel: () => this.#cancel(id) };
  }

  async rename(set: string, name: string): Promise<void> {
    await this.#ask({ type: 'rename', set, name });
  }

  async remove(set: string): Promise<void> {
    await this.#ask({ type: 'remove', set });
  }

  async exclude(set: string, rows: Int32Array, excluded: boolean): Promise<void> {
    await this.#ask({ type: 'exclude', set, rows: rows.slice(), excluded });
  }

  async reports(set: string): Promise<ImportReport[]> {
    return (await this.#answer({ type: 'report', set }, 'report')).reports;
  }

  async columns(set: string): Promise<SetColumns> {
    return (await this.#answer({ type: 'columns', set }, 'columns')).columns;
  }

  exportSet(
    what: string | BuiltinRequest,
    onProgress?: (progress: LibraryProgress) => void,
  ): Underway<{ fileName: string; file: Blob }> {
    const { id, answer } = this.#send({ type: 'export', what }, onProgress);
    const done = answer.then(
      (answers) => {
        const { fileName, file } = found(answers, 'exported');
        return { fileName, file };
      },
      ({ error }: Refusal) => Promise.reject(error),
    );
    return { done, cancel: () => this.#cancel(id) };
  }

  async preview(builtin: BuiltinRequest, count: number): Promise<BuiltinPreview> {
    const { size, classNames, labels, pixels, masks } = await this.#answer(
      { type: 'preview', builtin, count },
      'preview',
    );
    return { size, classNames, labels, pixels, masks };
  }

  async keepLabels(key: string, labels: KeptLabels | null): Promise<void> {
    await this.#ask({ type: 'keepLabels', key, labels });
  }

  async labels(key: string): Promise<KeptLabels | null> {
    return (await this.#answer({ type: 'labels', key }, 'labels')).labels;
  }

  async dismissLost(id: string): Promise<void> {
    await this.#ask({ type: 'dismissLost', lost: id });
  }

  /** Once, with the first pictures: a browser may ask the person. */
  #persist(): void {
    if (this.#askedToPersist) return;
    this.#askedToPersist = true;
    this.#parts
      .persist()
      .then(() => this.#ask({ type: 'list' }))
      // It is only a wish.
      .catch(() => undefined);
  }

  #cancel(id: number): void {
    if (!this.#pending.has(id)) return;
    this.#ask({ type: 'cancel', import: id }).catch(() => undefined);
  }

  async #answer<T extends LibraryEvent['type']>(ask: Ask, type: T): Promise<EventOf<T>> {
    return found(await this.#ask(ask), type);
  }

  async #ask(ask: Ask): Promise<LibraryEvent[]> {
    try {
      return await this.#send(ask).answer;
    } catch (refusal) {
      throw (refusal as Refusal).error;
    }
  }

  /** Sends a command; `answer` rejects with a `Refusal`. */
  #send(
    ask: Ask,
    onProgress: (progress: LibraryProgress) => void = () => undefined,
  ): { id: number; answer: Promise<LibraryEvent[]> } {
    const id = this.#nextId++;
    const answer = new Promise<LibraryEvent[]>((resolve, rejectWith) => {
      const reject = (error: PawsaurError, answers: LibraryEvent[]) => rejectWith({ error, answers });
      this.connect();
      if (this.#port === null) {
        reject(toError(this.#state.error ?? deadReport('')), []);
        return;
      }
      this.#pending.set(id, { answers: [], onProgress, resolve, reject });
      try {
        this.#port.post({ ...ask, id } as LibraryCommand);
      } catch (thrown) {
        this.#pending.delete(id);
        reject(
          new PawsaurError('session/protocol', `The library cannot take this: ${messageOf(thrown)}`),
          [],
        );
      }
    });
    return { id, answer };
  }

  #receive(data: unknown): void {
    const parsed = parseLibraryEvent(data);
    if (!parsed.ok) {
      const message = `The library sent a message that does not fit the protocol (${parsed.reason}); it was ignored.`;
      this.#update({ ...this.#state, error: { code: 'session/protocol', message } });
      return;
    }
    const event = parsed.value;
    if (event.type === 'sets') {
      const { sets, storage, lost } = event;
      this.#update({ ...this.#state, connection: 'ready', sets, storage, lost });
    } else if (event.type === 'error' && event.replyTo === undefined) {
      // Before the first list it is the start that failed.
      const connection = this.#state.connection === 'starting' ? 'dead' : this.#state.connection;
      this.#update({ ...this.#state, connection, error: event.error });
    } else this.#settle(event);
  }

  #settle(event: Exclude<LibraryEvent, EventOf<'sets'>>): void {
    const id = event.replyTo;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || pending === undefined) return;
    switch (event.type) {
      case 'progress':
        pending.onProgress({ stage: event.stage, done: event.done, total: event.total });
        break;
      case 'done':
        this.#pending.delete(id);
        pending.resolve(pending.answers);
        break;
      case 'error':
        this.#pending.delete(id);
        pending.reject(toError(event.error), pending.answers);
        break;
      default:
        pending.answers.push(event);
    }
  }

  #die(reason: string): void {
    const error = deadReport(reason);
    this.#generation++;
    this.#port?.close();
    this.#port = null;
    this.#update({ ...this.#state, connection: 'dead', error });
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject, answers } of pending) reject(toError(error), answers);
  }

  #update(state: LibraryState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Why a command failed, and what was told of it before. */
interface Refusal {
  error: PawsaurError;
  answers: LibraryEvent[];
}

async function askToPersist(): Promise<unknown> {
  return navigator.storage?.persist?.();
}
