/**
 * What imports leave behind whose page has ended: they are found by their record and by their lock, which nobody
 * holds any more, and cleaned away. Imports that live in other tabs are watched until they end, whichever way.
 */
import { removePart } from './partWriter';
import { readPending, readSetRecord, type SetStorage } from './records';

/** Held as long as the import `id` lives. */
export const importLock = (id: string): string => `pawsaur-import-${id}`;

export class Recovery {
  readonly #watched = new Set<string>();

  /** @param found called when an import of another tab turned out to be dead */
  constructor(
    private readonly storage: SetStorage,
    private readonly found: () => void,
  ) {}

  /** Cleans up after every import that is dead, and keeps an eye on those that live. */
  async cleanUp(): Promise<void> {
    await this.watch();
    await this.#removeOrphans();
  }

  /** Looks for imports that began since the last look. */
  async watch(): Promise<void> {
    const [pending = []] = await this.storage.records.readAll(['pending']);
    await Promise.all(pending.map(([id]) => this.#settle(id)));
  }

  async #settle(id: string): Promise<void> {
    if (this.#watched.has(id)) return;
    const { locks } = this.storage;
    const settled = await locks.holdIfFree(importLock(id), () => this.#bury(id));
    if (settled !== null || this.#watched.has(id)) return;
    this.#watched.add(id);
    locks
      .hold(importLock(id), () => this.#bury(id))
      .then((dead) => {
        if (dead) this.found();
      })
      // The next start tries again.
      .catch(() => undefined);
  }

  /** With the lock of an import: if its record is still there, it did not come to its end. */
  async #bury(id: string): Promise<boolean> {
    const { records, files } = this.storage;
    const [value] = await records.read([['pending', id]]);
    if (value === undefined) return false;
    await removePart(files, id);
    await records.write([
      { table: 'pending', key: id, value: undefined },
      { table: 'lost', key: id, value: readPending(value) ?? undefined },
    ]);
    return true;
  }

  /** Removes files that belong to no set and to no living import. */
  async #removeOrphans(): Promise<void> {
    const { files, locks } = this.storage;
    const parts = new Set((await files.list()).map((name) => name.replace(/\.[^.]*$/, '')));
    const known = await this.#knownParts();
    if (known === null) return;
    for (const part of parts) {
      if (known.has(part)) continue;
      // With its lock in hand it cannot become part of a set; it may have since the files were listed.
      await locks.holdIfFree(importLock(part), async () => {
        const now = await this.#knownParts();
        if (now !== null && !now.has(part)) await removePart(files, part);
      });
    }
  }

  /** Parts of all sets; null where a record cannot be read, and so nobody knows what belongs to it. */
  async #knownParts(): Promise<Set<string> | null> {
    const [sets = []] = await this.storage.records.readAll(['sets']);
    try {
      return new Set(sets.flatMap(([, value]) => readSetRecord(value)?.parts.map(({ file }) => file) ?? []));
    } catch {
      return null;
    }
  }
}
