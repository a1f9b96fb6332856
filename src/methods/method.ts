/**
 * What every method of training offers to the session: steps, and ways of looking at what they do. Find one
 * method, know them all.
 */
import type { CropBox, ImageStore } from '../augmentation';
import type { RunLabels } from '../labels';
import type { LiveField, MethodName, Recipe } from '../recipe';

/** The recipe fields that may change while a run goes on. */
export type LiveSettings = Pick<Recipe, LiveField>;

/**
 * Numbers after one training step, by the series of the method (`methodFacts`). Losses and entropies in nats,
 * shares in percent; NaN only in series that may be unknown.
 */
export type StepReport = Record<string, number>;

/** The pictures a run trains on, and what is known of them. */
export interface TrainingImages {
  store: ImageStore;
  /** [trainCount] pictures that may be trained on. */
  trainIndices: Int32Array;
  /** The batch of a step, reproducible: `batch_size` indices into the store. */
  batchAt(step: number): Int32Array;
  labels: RunLabels;
}

/** What the last batch looked like, for its first few images. */
export interface ViewsSnapshot {
  /** [n] images of the data set. */
  indices: Int32Array;
  views: ViewPictures[];
  /** What the first image's views were compared with; null where no views are. */
  answers: Answers | null;
}

/** What the views of one image were asked to say, and what they said. */
export interface Answers {
  /** [T, V] mean cross-entropy over the batch of each target with each view; 0 where they are not compared. */
  terms: Float32Array;
  /** [T, K] distributions, one row per global view. */
  targets: Float32Array;
  /** [V, K] distributions. */
  predictions: Float32Array;
}

export interface ViewPictures {
  /** 'global 1', 'global 2', 'local 1' … */
  name: string;
  /** Side in px. */
  size: number;
  /** [n] boxes in px of the stored image. */
  boxes: CropBox[];
  /** [n, size, size, 4], as the network sees them but in natural colours. */
  pixels: Uint8ClampedArray;
}

export type NetworkName = 'student' | 'teacher';

/** CLS→patch attention of one network's last block, the CLS column dropped, not renormalised. */
export interface AttentionMaps {
  heads: number;
  rows: number;
  cols: number;
  /** [n, heads, rows·cols] */
  weights: Float32Array;
}

/**
 * How one picture is voted on (PAWS): which labelled pictures its views look like, and what follows. Made with
 * the network in evaluation mode, and the support pictures of the latest step.
 */
export interface Ballot {
  /** The picture voted on. */
  index: number;
  /** Its two global views, one picture each. */
  views: ViewPictures[];
  /** [S] labelled pictures that vote. */
  support: Int32Array;
  /** [S] the class each was given. */
  supportLabels: Int32Array;
  /** [V, S] cosine, mean over the views of a support picture. */
  similarities: Float32Array;
  /** [V, S] share of the vote, summed over the views of a support picture; a row sums to 1. */
  votes: Float32Array;
  /** [V, C] the votes by class, label smoothing included; columns are the classes of the data set. */
  probabilities: Float32Array;
  /** [V, C] sharpened: the pseudo-label that the other view is trained with. */
  targets: Float32Array;
}

/** A tensor to be written to a file, under its official name. */
export interface NamedTensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

export interface PrepareOptions {
  /** Told while kernels compile. */
  onProgress?: (compiled: number, total: number) => void;
}

/** What follows training in the official code: a few steps on the labelled pictures. */
export interface FineTuneOptions {
  /**
   * `linear`: a classifier on the features learns the labels (fine_tune.py of suncet). `suncet`: pictures of one
   * class are drawn together, and then vote (snn_fine_tune.py).
   */
  kind: 'linear' | 'suncet';
  /** Whether a linear classifier's trunk learns, too; SuNCEt always moves it. */
  trunk: boolean;
  steps: number;
  /** Learning rate at the start; that of the official configuration where left out. */
  lr?: number;
  /** Told after every step. */
  onStep?(report: FineTuneReport): void;
  signal?: AbortSignal;
}

/** Numbers after one step of fine-tuning. */
export interface FineTuneReport {
  /** Steps done, of `steps`. */
  step: number;
  steps: number;
  /** Nats. */
  loss: number;
  /** Percent of the step's labelled views that are told right. */
  correct: number;
}

/** Networks that were fine-tuned: copies, so that the run stays as it was. */
export interface FineTuned {
  readonly history: readonly FineTuneReport[];
  /** Probabilities [n, classes] for whole pictures. */
  classify(indices: Int32Array): Promise<Float32Array>;
  dispose(): void;
}

export interface TrainingMethod {
  readonly kind: MethodName;
  /** The networks it trains; the last one is scored. */
  readonly networks: readonly NetworkName[];
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  /** Steps sent to the device; the reports of the latest may still be on their way. */
  readonly step: number;
  readonly hasAttention: boolean;
  /** Length of a feature vector. */
  readonly featureDim: number;
  /** Gets the first step ready: kernels compile, memory is taken. The first step does it where nobody did. */
  prepare(options?: PrepareOptions): Promise<void>;
  /** Sends a step; its report comes when the device has done it. The next may be sent before that. */
  trainStep(live: LiveSettings): Promise<StepReport>;
  /** The views of the last step's first `maxImages` images; null before the first step. */
  views(maxImages: number): Promise<ViewsSnapshot | null>;
  /** Backbone features [n, featureDim] of whole images, before the head. */
  features(indices: Int32Array, network: NetworkName, imageSize?: number): Promise<Float32Array>;
  /** Attention over whole images; null for a trunk without attention. */
  attention(indices: Int32Array, network: NetworkName, imageSize?: number): Promise<AttentionMaps | null>;
  /** Features [n, featureDim] through the projection head in evaluation mode: [n, d]. Absent where nothing is read there. */
  readonly embed?: (features: Float32Array, rows: number) => Promise<Float32Array>;
  /** Features [n, featureDim] → probabilities [n, classes] of the method's own classifier. Absent without one. */
  readonly classify?: (features: Float32Array, rows: number) => Promise<Float32Array>;
  /** How these pictures are voted on. Absent where nobody votes. */
  readonly ballots?: (indices: Int32Array) => Promise<Ballot[]>;
  /**
   * Fine-tunes copies of the scored network on the labels given now, between two steps; the run stays as it is.
   * @throws PawsaurError 'labels/none', 'labels/one-class' or 'diverged', or the signal's reason
   */
  readonly fineTune?: (options: FineTuneOptions) => Promise<FineTuned>;
  /** Sets batch norm's running statistics from a few training batches, before step 0 is scored. */
  calibrate(): Promise<void>;
  /** All state a checkpoint needs, official names. */
  stateDict(): Promise<NamedTensor[]>;
  /** Frees everything; what a preparation under way still makes is freed when it is there. */
  dispose(): void;
}
