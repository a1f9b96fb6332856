/** What the page knows of a run, as one immutable value, and how each event changes it. */

import type { Recipe } from '../recipe';
import type {
  AttentionReport,
  BallotsReport,
  BaselinesReport,
  DatasetSummary,
  DiagnosisReport,
  EngineSummary,
  ErrorReport,
  EvaluationReport,
  FineTuned,
  LabelsReport,
  PreparedReport,
  SessionEvent,
  SessionState,
  TimingReport,
  ViewsReport,
} from './protocol';
import type { LiveChange } from './runFile';

export interface ClientState {
  /** `idle`: no worker yet; `starting`: the engine is not up; `dead`: see `error`, then `restart()`. */
  connection: 'idle' | 'starting' | 'ready' | 'dead';
  engine: EngineSummary | null;
  dataset: DatasetSummary | null;
  run: SessionState;
  /** The recipe of the run whose numbers these are, and the preset it came from. */
  recipe: Recipe | null;
  preset: string | null;
  /** The run that is set up; null before the first and after new data. */
  prepared: PreparedReport | null;
  /** Rows in `client.metrics`; changes when new step numbers have arrived. */
  stepsRecorded: number;
  timing: TimingReport | null;
  /** Rising by step; the first is step 0. */
  evaluations: readonly EvaluationReport[];
  baselines: BaselinesReport | null;
  attention: AttentionReport | null;
  views: ViewsReport | null;
  ballots: BallotsReport | null;
  /** The labels in force; null before the first. */
  labels: LabelsReport | null;
  /** The latest of a fine-tuning, under way or done. */
  fineTuned: FineTuned | null;
  diagnosis: DiagnosisReport | null;
  liveChanges: readonly LiveChange[];
  /** What stopped the run or the worker; null again once a new run is prepared. */
  error: ErrorReport | null;
}

export function initialState(): ClientState {
  return {
    connection: 'idle',
    engine: null,
    dataset: null,
    run: { phase: 'idle', activity: null, step: 0, totalSteps: 0, stepsPerEpoch: 0, epoch: 0 },
    recipe: null,
    preset: null,
    prepared: null,
    stepsRecorded: 0,
    timing: null,
    evaluations: [],
    baselines: null,
    attention: null,
    views: null,
    ballots: null,
    labels: null,
    fineTuned: null,
    diagnosis: null,
    liveChanges: [],
    error: null,
  };
}

/** The state after `event`; `stepsRecorded` is the length of the metrics buffer by then. */
export function reduceEvent(state: ClientState, event: SessionEvent, stepsRecorded: number): ClientState {
  switch (event.type) {
    case 'engine':
      return { ...state, connection: 'ready', engine: event.engine };
    case 'dataset':
      return otherData(state, event.summary);
    case 'state':
      // Without a network there is nothing that was set up.
      return { ...state, run: event.state, prepared: event.state.phase === 'ready' ? null : state.prepared };
    case 'prepared':
      return { ...freshRun(state), prepared: event.prepared };
    case 'steps':
      return { ...state, stepsRecorded };
    case 'timing':
      return { ...state, timing: event.timing };
    case 'evaluation':
      // One that was asked for may know other labels: it is no point of the run's curve.
      if (event.replyTo !== undefined) return state;
      return { ...state, evaluations: [...state.evaluations, event.evaluation] };
    case 'baselines':
      return { ...state, baselines: event.baselines };
    case 'attention':
      return { ...state, attention: event.attention };
    case 'views':
      return { ...state, views: event.views };
    case 'ballots':
      return { ...state, ballots: event.ballots };
    case 'labels':
      return { ...state, labels: event.labels };
    case 'fineTuned':
      return { ...state, fineTuned: event.fineTuned };
    case 'diagnosis':
      return { ...state, diagnosis: event.diagnosis };
    case 'live': {
      const { step, field, value } = event;
      return { ...state, liveChanges: [...state.liveChanges, { step, field, value }] };
    }
    case 'error':
      return event.replyTo === undefined ? { ...state, error: event.error } : state;
    case 'plan':
    case 'weights':
    case 'thumbnails':
    case 'pictures':
    case 'description':
    case 'picks':
    case 'done':
    case 'refused':
      return state;
  }
}

/** The same page and data, no numbers of the run before. */
function freshRun(state: ClientState): ClientState {
  const { connection, engine, dataset, run, labels } = state;
  return { ...initialState(), connection, engine, dataset, run, labels };
}

/** Other pictures leave nothing of the run on show; other classes of the same pictures leave it. */
function otherData(state: ClientState, dataset: DatasetSummary): ClientState {
  if (dataset.generation === state.dataset?.generation) return { ...state, dataset };
  const gone = { prepared: null, attention: null, views: null, ballots: null, labels: null, fineTuned: null };
  return { ...state, ...gone, dataset };
}
