/**
 * The data sets of this browser. Pixels go into files that nobody knows yet; then one transaction writes the set's
 * record, its columns and its report, and forgets that the import was under way: with it the set is there, before it
 * there is nothing. A set is removed the other way round. So whatever moment a page ends at, what was there before
 * can be read, and files that no record names are cleaned away at the next start.
 */
import { PawsaurError } from '../../platform/errors';
import { newId } from '../../platform/newId';
import type { RecordChange } from '../../platform/storage';
import type { ImportedPictures } from '../importing/importPictures';
import type { PictureIndex } from '../importing/pictureIndex';
import type { PictureSink } from '../importing/pictureSink';
import type { ImportReport } from '../importing/report';
import { appendIndex } from './appendIndex';
import type { OpenedSet } from './openedSet';
import { openSet } from './openSet';
import { PartWriter, removePart } from './partWriter';
import { PendingNotes } from './pendingNotes';
import {
  type PendingImport,
  readPending,
  readReports,
  readSet,
  readSetRecord,
  type SetRecord,
  type SetStorage,
  type SetTable,
} from './records';
import { importLock, Recovery } from './recovery';
import { checkRoom, storageError } from './room';
import { bytesOf, countSet, skippedIn } from './setRecord';

/** Pictures to add. */
export interface AddRequest {
  /** Shown where the import is told of while it goes on. */
  name: string;
  /** Id of a set to add to; null makes a new one. */
  into: string | null;
  /** Until the set is written down, nothing is kept. */
  signal?: AbortSignal;
}

/** Brings pictures into `sink`; `into` is the set they are added to. */
export type AddPictures = (sink: PictureSink, into: SetRecord | null) => Promise<ImportedPictures>;

/** What other workers are told. */
const news = { type: 'changed' } as const;

export class SetStore {
  readonly #recovery: Recovery;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly storage: SetStorage,
    private readonly makeId: () => string = newId,
  ) {
    this.#recovery = new Recovery(storage, () => this.#changed());
    storage.channel.listen((message) => {
      if ((message as { type?: unknown } | null)?.type !== news.type) return;
      // An import that began in another tab may end with it.
      this.#recovery.watch().catch(() => undefined);
      this.#tell();
    });
  }

  /** Cleans up after imports that ended with their page. */
  recover(): Promise<void> {
    return this.#recovery.cleanUp();
  }

  /** Calls `listener` after every change, in this worker or another; returns the way to stop that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All sets that can be read, the newest first, and imports that were lost. */
  async list(): Promise<{ sets: SetRecord[]; lost: PendingImport[] }> {
    const [sets = [], lost = []] = await this.storage.records.readAll(['sets', 'lost']);
    return {
      sets: sets.flatMap(([, value]) => readable(value)).sort((a, b) => b.createdAt - a.createdAt),
      lost: lost.flatMap(([, value]) => readPending(value) ?? []),
    };
  }

  /** @throws PawsaurError 'library/unknown-set', 'library/damaged' */
  open(id: string): Promise<OpenedSet> {
    return openSet(this.storage, id);
  }

  /** What is known of a set's pictures. @throws PawsaurError 'library/unknown-set', 'library/damaged' */
  read(id: string): Promise<{ record: SetRecord; index: PictureIndex }> {
    return readSet(this.storage.records, id);
  }

  /** Reports of a set's imports, one after the other. */
  async reports(id: string): Promise<ImportReport[]> {
    const [value] = await this.storage.records.read([['reports', id]]);
    return readReports(value);
  }

  /**
   * Makes a set of the pictures that `add` brings, or adds them to one.
   * @throws PawsaurError 'library/no-space', 'library/unknown-set', 'aborted', or what `add` throws; nothing is kept then
   */
  async add(request: AddRequest, add: AddPictures): Promise<{ set: SetRecord; report: ImportReport }> {
    const id = this.makeId();
    const { locks, space } = this.storage;
    let bytes = 0;
    try {
      const into = request.into === null ? null : (await this.read(request.into)).record;
      return await locks.hold(importLock(id), async () => {
        const notes = new PendingNotes(this.storage, { id, name: request.name, done: 0, total: 0 });
        const part = new PartWriter(
          id,
          this.storage.files,
          async (needed) => {
            bytes = needed;
            await checkRoom(space, needed);
          },
          ({ pictures, expected }) => notes.note(pictures, expected),
        );
        try {
          await notes.begin();
          this.#post();
          const added = await add(part, into);
          await part.finish();
          await notes.settled();
          request.signal?.throwIfAborted();
          const set =
            into === null ? await this.#make(part, added) : await this.#extend(into.id, part, added);
          return { set, report: added.report };
        } catch (error) {
          await part.abandon();
          await removePart(this.storage.files, id);
          await notes.end();
          throw error;
        }
      });
    } catch (error) {
      throw await storageError(error, space, bytes);
    } finally {
      this.#changed();
    }
  }

  /** @throws PawsaurError 'library/unknown-set' */
  async rename(id: string, name: string): Promise<void> {
    await this.#change(id, (record) => [{ table: 'sets', key: id, value: { ...record, name } }]);
  }

  /** Leaves pictures out, or takes them in again. @throws PawsaurError 'library/unknown-set' */
  async exclude(id: string, rows: Int32Array, excluded: boolean): Promise<void> {
    await this.#change(id, (record, before) => {
      const flags = before.excluded.slice();
      for (const row of rows) if (row >= 0 && row < flags.length) flags[row] = excluded ? 1 : 0;
      const index = { ...before, excluded: flags };
      return [
        { table: 'sets', key: id, value: { ...record, ...countSet(index), revision: record.revision + 1 } },
        { table: 'indexes', key: id, value: index },
      ];
    });
  }

  /** Forgets a set, and then its files. */
  async remove(id: string): Promise<void> {
    const { locks, records, files } = this.storage;
    await locks.hold(setLock(id), async () => {
      const [value] = await records.read([['sets', id]]);
      await records.write([
        { table: 'sets', key: id, value: undefined },
        { table: 'indexes', key: id, value: undefined },
        { table: 'reports', key: id, value: undefined },
      ]);
      for (const record of readable(value)) {
        for (const { file } of record.parts) await removePart(files, file);
      }
    });
    this.#changed();
  }

  async dismissLost(id: string): Promise<void> {
    await this.storage.records.write([{ table: 'lost', key: id, value: undefined }]);
    this.#changed();
  }

  /** Labels by hand under a key of the page's, as they were kept: untrusted. Undefined where there are none. */
  async labels(key: string): Promise<unknown> {
    const [value] = await this.storage.records.read([['labels', key]]);
    return value;
  }

  /** Undefined forgets them. */
  async keepLabels(key: string, labels: unknown): Promise<void> {
    try {
      await this.storage.records.write([{ table: 'labels', key, value: labels }]);
    } catch (error) {
      throw await storageError(error, this.storage.space, 0);
    }
  }

  async #make(part: PartWriter, { name, index, report }: ImportedPictures): Promise<SetRecord> {
    const parts = [rowsOf(part, index)];
    const set: SetRecord = {
      id: part.part,
      name,
      revision: 1,
      createdAt: Date.now(),
      ...countSet(index),
      skipped: skippedIn(report),
      bytes: bytesOf(parts, index.size),
      parts,
    };
    await this.#commit(part, set, index, [report]);
    return set;
  }

  /** The set may have changed while pictures were read, so it is read again. */
  #extend(id: string, part: PartWriter, { index, report }: ImportedPictures): Promise<SetRecord> {
    return this.storage.locks.hold(setLock(id), async () => {
      const { record, index: before } = await this.read(id);
      const masks = record.parts.reduce((sum, earlier) => sum + earlier.masks, 0);
      const both = appendIndex(before, index, masks);
      const parts = [...record.parts, rowsOf(part, index)];
      const set: SetRecord = {
        ...record,
        revision: record.revision + 1,
        ...countSet(both),
        skipped: record.skipped + skippedIn(report),
        bytes: bytesOf(parts, record.size),
        parts,
      };
      await this.#commit(part, set, both, [...(await this.reports(id)), report]);
      return set;
    });
  }

  async #commit(
    part: PartWriter,
    set: SetRecord,
    index: PictureIndex,
    reports: ImportReport[],
  ): Promise<void> {
    await this.storage.records.write([
      { table: 'sets', key: set.id, value: set },
      { table: 'indexes', key: set.id, value: index },
      { table: 'reports', key: set.id, value: reports },
      { table: 'pending', key: part.part, value: undefined },
    ]);
  }

  async #change(
    id: string,
    change: (record: SetRecord, index: PictureIndex) => RecordChange<SetTable>[],
  ): Promise<void> {
    const { locks, records, space } = this.storage;
    try {
      await locks.hold(setLock(id), async () => {
        const { record, index } = await this.read(id);
        await records.write(change(record, index));
      });
    } catch (error) {
      throw await storageError(error, space, 0);
    }
    this.#changed();
  }

  #changed(): void {
    this.#post();
    this.#tell();
  }

  #post(): void {
    this.storage.channel.post(news);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Held while a set is changed. */
const setLock = (id: string): string => `pawsaur-set-${id}`;

function rowsOf({ part, pictures, masks }: PartWriter, { count }: PictureIndex): SetRecord['parts'][number] {
  if (pictures !== count) throw new Error(`${pictures} pictures were written of ${count}.`);
  return { file: part, count, masks };
}

/** The record where it can be read: what another version wrote is left alone. */
function readable(value: unknown): SetRecord[] {
  try {
    return [readSetRecord(value) ?? []].flat();
  } catch (error) {
    if (error instanceof PawsaurError) return [];
    throw error;
  }
}
