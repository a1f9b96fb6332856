/**
 * What every method of training offers to the session: steps, and ways of looking at what they do. Find one
 * method, know them all.
 */
import type { CropBox } from '../augmentation';
import type { LiveField, Recipe } from '../recipe';

/** The recipe fields that may change while a run goes on. */
export type LiveSettings = Pick<Recipe, LiveField>;

/** Numbers after one training step. Losses and entropies in nats. */
export interface StepReport {
  loss: number;
  /** Mean entropy of the teacher's distributions. */
  teacherEntropy: number;
  /** Entropy of the teacher's distribution averaged over the batch. */
  meanTeacherEntropy: number;
  /** loss − teacherEntropy. */
  kl: number;
  /** L2 norm of the whole gradient before clipping. */
  gradNorm: number;
  lr: number;
  weightDecay: number;
  /** Share of the teacher that was kept. */
  momentum: number;
  teacherTemp: number;
  studentTemp: number;
}

/** What the last batch looked like, for its first few images. */
export interface ViewsSnapshot {
  /** [n] images of the data set. */
  indices: Int32Array;
  views: ViewPictures[];
  /** [2, V] cross-entropy of each teacher and student view; 0 where both are the same view. */
  terms: Float32Array;
  /** [2, K] distributions of the teacher for the first image, one row per global view. */
  teacher: Float32Array;
  /** [V, K] distributions of the student for the first image. */
  student: Float32Array;
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

export interface TrainingMethod {
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
  /** Sets batch norm's running statistics from a few training batches, before step 0 is scored. */
  calibrate(): Promise<void>;
  /** All state a checkpoint needs, official names. */
  stateDict(): Promise<NamedTensor[]>;
  /** Frees everything; what a preparation under way still makes is freed when it is there. */
  dispose(): void;
}
