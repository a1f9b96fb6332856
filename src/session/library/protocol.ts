/**
 * Every message between the page and the library worker, which imports pictures and keeps the data sets of this
 * browser. Both sides parse what they receive. Each command carries an `id` and ends with exactly one of `done` or
 * `error` bearing it; its data events come first. File names, class names and paths are untrusted text.
 */
import * as v from 'valibot';
import { skipReasons } from '../../dataset/importing/report';
import { builtinNames } from '../../dataset/procedural/options';
import { type Parsed, parseMessage } from '../parsed';
import { errorReportSchema } from '../payloads';
import { count, finite, pixels, text } from '../payloads/values';

export type { Conversion, SkipReason } from '../../dataset/importing/report';

const id = count;
const setId = v.pipe(v.string(), v.maxLength(64));
/** Letters of a name that a command gives a set. */
export const longestName = 1000;
const name = v.pipe(v.string(), v.maxLength(longestName));
const path = v.pipe(v.string(), v.maxLength(20_000));

const reportLineSchema = v.object({
  path: text,
  outcome: v.picklist(['imported', 'converted', 'skipped', 'used']),
  reason: v.nullable(v.picklist(skipReasons)),
  detail: text,
});
export type ReportLine = v.InferOutput<typeof reportLineSchema>;

const importReportSchema = v.object({
  name: text,
  at: text,
  seconds: finite,
  lines: v.array(reportLineSchema),
  warnings: v.array(v.object({ code: text, message: text })),
});
export type ImportReport = v.InferOutput<typeof importReportSchema>;

/** A data set that is kept. */
const setSummarySchema = v.object({
  id: setId,
  name: text,
  /** Rises with every change of its pictures: what was opened before is no longer it. */
  revision: count,
  /** ms since 1970. */
  createdAt: finite,
  /** Side of its stored squares, px. */
  size: count,
  /** Pictures in use, and those left out by the person. */
  count,
  excluded: count,
  classes: count,
  masks: count,
  /** Pictures that a folder or list holds out; 0 where the split is drawn. */
  heldOut: count,
  /** Files of its imports that were skipped. */
  skipped: count,
  /** What it takes in this browser. */
  bytes: count,
});
export type SetSummary = v.InferOutput<typeof setSummarySchema>;

/** An import that ended with its page: nothing of it was kept. */
const lostImportSchema = v.object({ id: setId, name: text, done: count, total: count });
export type LostImport = v.InferOutput<typeof lostImportSchema>;

const storageSchema = v.object({
  usedBytes: finite,
  /** null where the browser does not say. */
  quotaBytes: v.nullable(finite),
  /** Whether the browser promised to keep it; null where it cannot. */
  persisted: v.nullable(v.boolean()),
  /** Why nothing can be kept here (a private window, perhaps): sets live as long as the page. */
  problem: v.nullable(text),
});
export type StorageReport = v.InferOutput<typeof storageSchema>;

/** The columns of a set that the page shows; one row for each picture, in stored order. */
const setColumnsSchema = v.object({
  set: setId,
  revision: count,
  names: v.array(text),
  classNames: v.array(text),
  labels: v.instance(Int32Array),
  /** 0 train, 1 held out, −1 drawn from the seed. */
  split: v.instance(Int8Array),
  widths: v.instance(Int32Array),
  heights: v.instance(Int32Array),
  excluded: v.instance(Uint8Array),
  hasMask: v.instance(Uint8Array),
  /** Number of the group of pictures that are the same, pixel by pixel, and of those that look alike; −1 = alone. */
  exactGroups: v.instance(Int32Array),
  lookGroups: v.instance(Int32Array),
});
export type SetColumns = v.InferOutput<typeof setColumnsSchema>;

/** What decides a built-in set. `params` are those of `dataset/procedural`, checked there. */
const builtinSchema = v.object({
  name: v.picklist(builtinNames),
  seed: count,
  params: v.record(v.string(), v.union([finite, v.boolean(), v.pipe(v.string(), v.maxLength(40))])),
});
export type BuiltinRequest = v.InferOutput<typeof builtinSchema>;

/** Labels by hand of a set of pictures, row by row: those given, and the true ones, whose classes may be renamed. */
const keptLabelsSchema = v.object({
  classNames: v.array(text),
  given: v.instance(Int32Array),
  truth: v.instance(Int32Array),
});
export type KeptLabels = v.InferOutput<typeof keptLabelsSchema>;

const libraryCommandSchema = v.variant('type', [
  /** Answered with `sets`. */
  v.object({ type: v.literal('list'), id }),
  /** Answered with `progress` and `imported`, or with `notImported` and `error`. */
  v.object({
    type: v.literal('import'),
    id,
    name,
    files: v.array(v.object({ path, file: v.instance(Blob) })),
    /** Of files that the page read itself, such as videos: they go into the report as they are. */
    lines: v.optional(v.array(reportLineSchema), []),
    /** Adds to a set that is there; null makes a new one. */
    into: v.nullable(setId),
    /** Side of the stored squares; null lets the pictures decide. */
    size: v.nullable(v.pipe(count, v.minValue(16), v.maxValue(512))),
  }),
  /** Gives up the import, or the export, with that id. */
  v.object({ type: v.literal('cancel'), id, import: id }),
  v.object({ type: v.literal('rename'), id, set: setId, name }),
  v.object({ type: v.literal('remove'), id, set: setId }),
  /** Leaves pictures out, or takes them in again. */
  v.object({
    type: v.literal('exclude'),
    id,
    set: setId,
    rows: v.instance(Int32Array),
    excluded: v.boolean(),
  }),
  /** Answered with `report`: of its imports, one after the other. */
  v.object({ type: v.literal('report'), id, set: setId }),
  /** Answered with `columns`. */
  v.object({ type: v.literal('columns'), id, set: setId }),
  /** Answered with `progress` and `exported`. */
  v.object({ type: v.literal('export'), id, what: v.union([setId, builtinSchema]) }),
  /** Answered with `preview`: the first `count` pictures. */
  v.object({
    type: v.literal('preview'),
    id,
    builtin: builtinSchema,
    count: v.pipe(count, v.minValue(1), v.maxValue(64)),
  }),
  /** Keeps labels by hand under a key of the page's; null forgets them. */
  v.object({
    type: v.literal('keepLabels'),
    id,
    key: v.pipe(v.string(), v.maxLength(400)),
    labels: v.nullable(keptLabelsSchema),
  }),
  /** Answered with `labels`. */
  v.object({ type: v.literal('labels'), id, key: v.pipe(v.string(), v.maxLength(400)) }),
  /** The person has read that an import was lost. */
  v.object({ type: v.literal('dismissLost'), id, lost: setId }),
]);
export type LibraryCommand = v.InferOutput<typeof libraryCommandSchema>;

const reply = { replyTo: id };

const libraryEventSchema = v.variant('type', [
  /** Also unasked, after every change, in this page or another. */
  v.object({
    type: v.literal('sets'),
    sets: v.array(setSummarySchema),
    storage: storageSchema,
    lost: v.array(lostImportSchema),
  }),
  v.object({
    type: v.literal('progress'),
    ...reply,
    stage: v.picklist(['listing', 'reading', 'writing', 'packing']),
    done: count,
    total: count,
  }),
  v.object({ type: v.literal('imported'), ...reply, set: setSummarySchema, report: importReportSchema }),
  /** With the files that were read before the reason showed; `error` says it. */
  v.object({ type: v.literal('notImported'), ...reply, report: importReportSchema }),
  v.object({ type: v.literal('report'), ...reply, reports: v.array(importReportSchema) }),
  v.object({ type: v.literal('columns'), ...reply, columns: setColumnsSchema }),
  v.object({ type: v.literal('exported'), ...reply, fileName: text, file: v.instance(Blob) }),
  v.object({
    type: v.literal('preview'),
    ...reply,
    size: count,
    classNames: v.array(text),
    /** [n] class of each, and [n, size, size, 4] RGBA. */
    labels: v.instance(Int32Array),
    pixels,
    /** [n, size, size] 0/1. */
    masks: v.instance(Uint8Array),
  }),
  v.object({ type: v.literal('labels'), ...reply, labels: v.nullable(keptLabelsSchema) }),
  v.object({ type: v.literal('done'), ...reply }),
  v.object({ type: v.literal('error'), replyTo: v.optional(id), error: errorReportSchema }),
]);
export type LibraryEvent = v.InferOutput<typeof libraryEventSchema>;

/** Labels as they were kept; null where they are none. Never throws. */
export function readKeptLabels(value: unknown): KeptLabels | null {
  const parsed = parseMessage(keptLabelsSchema, value);
  return parsed.ok ? parsed.value : null;
}

/** Checks a message that arrived in the worker. Never throws. */
export function parseLibraryCommand(message: unknown): Parsed<LibraryCommand> {
  return parseMessage(libraryCommandSchema, message);
}

/** Checks a message that arrived on the page. Never throws. */
export function parseLibraryEvent(message: unknown): Parsed<LibraryEvent> {
  return parseMessage(libraryEventSchema, message);
}
