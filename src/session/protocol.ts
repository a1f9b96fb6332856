/**
 * Every message between the page and the training worker. Commands go to the worker, events come back;
 * both sides parse what they receive, so that a message that does not fit is reported and never acted on.
 *
 * Each command carries an `id`. Its data events come first; it ends with exactly one of `done`, `refused`
 * (a recipe that cannot start) or `error` bearing that id. Events without an id are news of the run.
 */

import * as v from 'valibot';
import { type Parsed, parseMessage } from './parsed';
import {
  attentionReportSchema,
  ballotsReportSchema,
  baselinesReportSchema,
  datasetSummarySchema,
  descriptionSchema,
  diagnosisSchema,
  engineSummarySchema,
  errorReportSchema,
  evaluationReportSchema,
  fieldProblemSchema,
  fineTunedSchema,
  labelsReportSchema,
  pictureListSchema,
  planReportSchema,
  preparedSchema,
  sessionStateSchema,
  stepColumnsSchema,
  thumbnailsSchema,
  timingReportSchema,
  viewsReportSchema,
} from './payloads';

export type {
  Activity,
  AttentionReport,
  BallotReport,
  BallotsReport,
  BaselinesReport,
  Classification,
  DatasetSummary,
  Description,
  DiagnosisReport,
  EngineSummary,
  ErrorReport,
  EvaluationReport,
  FieldProblemReport,
  FineTuned,
  KnnScores,
  LabelsReport,
  Phase,
  PictureList,
  PlanReport,
  PreparedReport,
  Progress,
  ReadOut,
  SessionState,
  StepColumns,
  Thumbnails,
  TimingReport,
  View,
  ViewsReport,
} from './payloads';
export { readOuts, stepColumns } from './payloads';

const wholeNumber = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const id = wholeNumber;
const seed = wholeNumber;
const name = v.pipe(v.string(), v.maxLength(1000));
/** The id of a stored set, or, outside the browser, where it lies. */
const setName = v.pipe(v.string(), v.maxLength(4000));
const settingSchema = v.union([
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.pipe(v.string(), v.maxLength(1000)),
]);

/** Most thumbnails one command may ask for, and their largest side in px. */
export const thumbnailLimits = { images: 512, size: 256 } as const;
/** Most pictures whose ballots are watched at once. */
export const maxBallots = 4;

const commandSchema = v.variant('type', [
  v.object({
    type: v.literal('loadBuiltin'),
    id,
    name: v.picklist(['confetti', 'grey', 'noise']),
    seed,
    /** `builtinParams` of the recipe; `dataset/procedural` checks them. */
    params: v.record(v.string(), settingSchema),
  }),
  /** Opens a set of the library; `seed` draws the held-out pictures where nothing names them (`data_seed`). */
  v.object({ type: v.literal('openSet'), id, set: setName, seed }),
  /** The recipe is checked field by field by the session, with the recipe's own parser. */
  v.object({ type: v.literal('prepare'), id, recipe: v.record(v.string(), settingSchema) }),
  /** What a run of this recipe would take on the pictures that are there, before anything is built. */
  v.object({ type: v.literal('plan'), id, recipe: v.record(v.string(), settingSchema) }),
  /** With `until`, pauses when that step is taken and scored. */
  v.object({ type: v.literal('start'), id, until: v.optional(id) }),
  v.object({ type: v.literal('pause'), id }),
  v.object({ type: v.literal('step'), id }),
  v.object({ type: v.literal('reset'), id }),
  v.object({ type: v.literal('stop'), id }),
  v.object({ type: v.literal('setLive'), id, field: name, value: settingSchema }),
  v.object({ type: v.literal('inspect'), id }),
  v.object({ type: v.literal('exportWeights'), id }),
  /** Answered with `pictures`. */
  v.object({ type: v.literal('listPictures'), id }),
  /** The colours of the training pictures. Answered with `description`. */
  v.object({ type: v.literal('describe'), id }),
  /**
   * The labelling of the person: given labels count where the recipe's are by hand. With the classes of the run
   * that is under way it acts from the next step on; other classes need the run to be over.
   */
  v.object({
    type: v.literal('setLabels'),
    id,
    generation: wholeNumber,
    /** As many as the folders of the data set name, and those that were added. */
    classNames: v.array(name),
    /** [n] indices of `classNames`, −1 = none. */
    given: v.instance(Int32Array),
    truth: v.instance(Int32Array),
  }),
  /** Chooses varied pictures to label: `count` of each class, or of all where no class is known. Answered with `picks`. */
  v.object({ type: v.literal('pickLabels'), id, count: v.pipe(wholeNumber, v.minValue(1)), seed }),
  /** Whose ballots are looked at from now on. */
  v.object({ type: v.literal('watchBallots'), id, indices: v.pipe(v.array(id), v.maxLength(maxBallots)) }),
  /** Scores the network as it is; with `budget`, as if that many labels of each class were given. */
  v.object({
    type: v.literal('evaluate'),
    id,
    budget: v.optional(v.object({ labelsPerClass: wholeNumber, labelSeed: seed })),
  }),
  /** The official step after training, on copies of the weights. Answered with `fineTuned`. */
  v.object({
    type: v.literal('fineTune'),
    id,
    kind: v.picklist(['linear', 'suncet']),
    /** Whether the trunk is trained, too. */
    trunk: v.boolean(),
    steps: v.pipe(wholeNumber, v.minValue(1), v.maxValue(100_000)),
    lr: v.pipe(v.number(), v.finite(), v.minValue(0)),
  }),
  /** Whether somebody can see the page: a hidden one needs no smooth frames. */
  v.object({ type: v.literal('visibility'), id, visible: v.boolean() }),
  v.object({
    type: v.literal('thumbnails'),
    id,
    indices: v.pipe(v.array(id), v.maxLength(thumbnailLimits.images)),
    size: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(thumbnailLimits.size)),
  }),
]);
/** What the page may ask of the worker. */
export type Command = v.InferOutput<typeof commandSchema>;

const reply = { replyTo: id };

const eventSchema = v.variant('type', [
  v.object({ type: v.literal('engine'), engine: engineSummarySchema }),
  v.object({ type: v.literal('dataset'), summary: datasetSummarySchema }),
  v.object({ type: v.literal('state'), state: sessionStateSchema }),
  v.object({ type: v.literal('prepared'), prepared: preparedSchema }),
  v.object({ type: v.literal('steps'), reports: stepColumnsSchema }),
  v.object({ type: v.literal('timing'), timing: timingReportSchema }),
  /** With `replyTo`: asked for, and of other labels perhaps; it does not belong to the run's own curve then. */
  v.object({ type: v.literal('evaluation'), replyTo: v.optional(id), evaluation: evaluationReportSchema }),
  v.object({ type: v.literal('baselines'), baselines: baselinesReportSchema }),
  v.object({ type: v.literal('attention'), attention: attentionReportSchema }),
  v.object({ type: v.literal('views'), views: viewsReportSchema }),
  v.object({ type: v.literal('diagnosis'), diagnosis: diagnosisSchema }),
  v.object({ type: v.literal('ballots'), ballots: ballotsReportSchema }),
  v.object({ type: v.literal('labels'), labels: labelsReportSchema }),
  v.object({ type: v.literal('pictures'), ...reply, pictures: pictureListSchema }),
  v.object({ type: v.literal('description'), ...reply, description: descriptionSchema }),
  v.object({ type: v.literal('picks'), ...reply, indices: v.instance(Int32Array) }),
  /** News while it goes on, and its end. */
  v.object({ type: v.literal('fineTuned'), ...reply, fineTuned: fineTunedSchema }),
  /** A live setting took effect from this step on. */
  v.object({ type: v.literal('live'), step: id, field: name, value: settingSchema }),
  v.object({ type: v.literal('plan'), ...reply, plan: planReportSchema }),
  v.object({ type: v.literal('weights'), ...reply, step: id, bytes: v.instance(Uint8Array) }),
  v.object({ type: v.literal('thumbnails'), ...reply, thumbnails: thumbnailsSchema }),
  v.object({ type: v.literal('done'), ...reply }),
  v.object({ type: v.literal('refused'), ...reply, problems: v.array(fieldProblemSchema) }),
  /** With `replyTo`: that command failed. Without: the run failed, and `state` says so. */
  v.object({ type: v.literal('error'), replyTo: v.optional(id), error: errorReportSchema }),
]);
/** What the worker tells the page. */
export type SessionEvent = v.InferOutput<typeof eventSchema>;
export type CommandType = Command['type'];
export type SessionEventType = SessionEvent['type'];
/** A value that a recipe field, and so a live setting, may take. */
export type Setting = v.InferOutput<typeof settingSchema>;

/** Checks a message that arrived in the worker. Never throws. */
export function parseCommand(message: unknown): Parsed<Command> {
  return parseMessage(commandSchema, message);
}

/** Checks a message that arrived on the page. Never throws. */
export function parseEvent(message: unknown): Parsed<SessionEvent> {
  return parseMessage(eventSchema, message);
}

/**
 * The buffers of an event that can be handed over instead of copied, each once. Events own their arrays:
 * whoever makes one must not keep a view of them.
 */
export function transferables(event: SessionEvent): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  collectBuffers(event, buffers);
  return [...buffers];
}

function collectBuffers(value: unknown, buffers: Set<ArrayBuffer>): void {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) collectBuffers(item, buffers);
  } else if (value !== null && typeof value === 'object') {
    for (const item of Object.values(value)) collectBuffers(item, buffers);
  }
}
