/**
 * What is written down of every set, beside its files of pixels. Records come back from a database that another
 * version of Pawsaur may have written, so they are checked.
 */
import * as v from 'valibot';
import { PawsaurError } from '../../platform/errors';
import type { RecordStore, Storage } from '../../platform/storage';
import type { PictureIndex } from '../importing/pictureIndex';
import { type ImportReport, skipReasons } from '../importing/report';

/**
 * - `sets`: a `SetRecord` by id; a set is there when its record is
 * - `indexes`: a `PictureIndex` by the set's id
 * - `reports`: `ImportReport[]` by the set's id
 * - `pending`: a `PendingImport` by id, as long as it is under way, or until its end was noticed
 * - `lost`: the same, once it is known that it ended with its page
 * - `labels`: labels by hand, by a key of the page's
 */
export const setTables = ['sets', 'indexes', 'reports', 'pending', 'lost', 'labels'] as const;
export type SetTable = (typeof setTables)[number];
export type SetStorage = Storage<SetTable>;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const numbers = v.instance(Int32Array);
const words = v.instance(Uint32Array);
const bytes = v.instance(Uint8Array);

const setRecordSchema = v.object({
  id: v.string(),
  name: v.string(),
  revision: count,
  /** ms since 1970. */
  createdAt: v.number(),
  /** Side of the stored squares, px. */
  size: v.pipe(count, v.minValue(1)),
  /** Pictures in use, and those left out by the person. */
  count,
  excluded: count,
  classes: count,
  masks: count,
  heldOut: count,
  skipped: count,
  bytes: count,
  /** Imports that made the set, in order: the names of their files without ending, and the rows in them. */
  parts: v.array(v.object({ file: v.string(), count, masks: count })),
});
/** A set in numbers and words. */
export type SetRecord = v.InferOutput<typeof setRecordSchema>;
export type SetPart = SetRecord['parts'][number];

const pendingSchema = v.object({ id: v.string(), name: v.string(), done: count, total: count });
/** An import that has begun. Its files bear its id. */
export type PendingImport = v.InferOutput<typeof pendingSchema>;

const indexSchema = v.object({
  size: count,
  count,
  names: v.array(v.string()),
  classNames: v.array(v.string()),
  labels: numbers,
  split: v.instance(Int8Array),
  given: v.nullable(numbers),
  widths: numbers,
  heights: numbers,
  maskRows: numbers,
  exact: words,
  look: words,
  signature: bytes,
  excluded: bytes,
});

const reportsSchema = v.array(
  v.object({
    name: v.string(),
    at: v.string(),
    seconds: v.number(),
    lines: v.array(
      v.object({
        path: v.string(),
        outcome: v.picklist(['imported', 'converted', 'skipped', 'used']),
        reason: v.nullable(v.picklist(skipReasons)),
        detail: v.string(),
      }),
    ),
    warnings: v.array(v.object({ code: v.string(), message: v.string() })),
  }),
);

/** The record, or null where there is none. @throws PawsaurError 'library/damaged' where it is no record */
export function readSetRecord(value: unknown): SetRecord | null {
  return value === undefined ? null : checked(setRecordSchema, value);
}

/** @throws PawsaurError 'library/damaged' */
export function readIndexRecord(value: unknown): PictureIndex {
  return checked(indexSchema, value);
}

/** The reports of a set, as they were kept; none where there are none. @throws PawsaurError 'library/damaged' */
export function readReports(value: unknown): ImportReport[] {
  return value === undefined ? [] : checked(reportsSchema, value);
}

/** The record, or null where it is none. */
export function readPending(value: unknown): PendingImport | null {
  const result = v.safeParse(pendingSchema, value);
  return result.success ? result.output : null;
}

/** The record of a set and its index, at one moment. @throws PawsaurError 'library/unknown-set', 'library/damaged' */
export async function readSet(
  records: Pick<RecordStore<SetTable>, 'read'>,
  id: string,
): Promise<{ record: SetRecord; index: PictureIndex }> {
  const [set, columns] = await records.read([
    ['sets', id],
    ['indexes', id],
  ]);
  const record = readSetRecord(set);
  if (record === null) throw unknownSet();
  return { record, index: readIndexRecord(columns) };
}

export function unknownSet(): PawsaurError {
  return new PawsaurError(
    'library/unknown-set',
    'This data set is not in the library any more.',
    'It was removed, here or in another tab. Choose another one.',
  );
}

function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new PawsaurError(
    'library/damaged',
    'What this browser kept of the data set cannot be read.',
    'Remove the set and import its pictures again.',
    { cause: new Error(`${v.getDotPath(result.issues[0]) ?? 'record'}: ${result.issues[0].message}`) },
  );
}
