/** What is written down of an import while it goes on, so that the next start can tell of it if it does not end. */
import type { PendingImport, SetStorage } from './records';

/** Least time between two notes of how far an import is, ms. */
const noteEvery = 1000;

export class PendingNotes {
  #last = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly storage: SetStorage,
    private pending: PendingImport,
  ) {}

  begin(): Promise<void> {
    return this.#write(this.pending);
  }

  note(done: number, total: number): void {
    this.pending = { ...this.pending, done, total };
    const now = Date.now();
    if (now - this.#last < noteEvery) return;
    this.#last = now;
    // A note that fails is no reason to give up: what matters is written at the end.
    this.#writing = this.#writing.then(() => this.#write(this.pending)).catch(() => undefined);
  }

  /** Returns when no note is under way. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Forgets the import; where that fails, the next start finds it lost. */
  async end(): Promise<void> {
    await this.#writing;
    await this.#write(undefined).catch(() => undefined);
  }

  #write(value: PendingImport | undefined): Promise<void> {
    return this.storage.records.write([{ table: 'pending', key: this.pending.id, value }]);
  }
}
