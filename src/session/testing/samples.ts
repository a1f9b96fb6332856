/** One valid event of every kind, for the tests of this room. */

import type { MethodName } from '../../recipe';
import { MetricsBuffer, type StepRow } from '../metricsBuffer';
import {
  type Classification,
  type EvaluationReport,
  type SessionEvent,
  type SessionEventType,
  stepColumns,
} from '../protocol';

export function stepRow(
  step: number,
  overrides: Partial<StepRow> = {},
  method: MethodName = 'dino',
): StepRow {
  const row = Object.fromEntries(stepColumns(method).map((name, i) => [name, i + step / 100])) as StepRow;
  return { ...row, step, ...overrides };
}

export function stepBatch(first: number, length: number, method: MethodName = 'dino') {
  const buffer = new MetricsBuffer();
  for (let i = 0; i < length; i++) buffer.push(stepRow(first + i, {}, method));
  return buffer.slice();
}

export function evaluationAt(step: number): EvaluationReport {
  return {
    step,
    classification: null,
    testImages: 4,
    bankImages: 8,
    knn10: 50,
    knn20: 50,
    looKnn10: null,
    jaccardHeadMean: 20,
    jaccardMeanMap: 21,
    jaccardBestHead: 30,
    jaccardX2: null,
    featureDim: 8,
    featureStd: 0.1,
    featureStdScaled: 0.28,
    rankMe: 5,
    seconds: 0.5,
  };
}

/** Two classes, four held-out pictures, three of them told right. */
export function sampleClassification(): Classification {
  return {
    classNames: ['a', 'b'],
    labels: 4,
    readOuts: [
      { id: 'snnHead', heldOut: 75, unlabelled: 60 },
      { id: 'linear', heldOut: 50, unlabelled: null },
    ],
    shown: 'snnHead',
    confusion: Int32Array.of(2, 0, 1, 1),
    classAccuracy: [100, 50],
    calibrationError: 8,
    reliability: Array.from({ length: 15 }, (_, i) => ({
      count: i === 14 ? 4 : 0,
      confidence: i === 14 ? 97 : null,
      accuracy: i === 14 ? 75 : null,
    })),
  };
}

type EventOf<T extends SessionEventType> = Extract<SessionEvent, { type: T }>;

/** A fresh event of the given kind; its arrays may be transferred. */
export function sampleEvent<T extends SessionEventType>(type: T): EventOf<T> {
  return samples()[type] as EventOf<T>;
}

/** Every kind of event once. */
export function allSampleEvents(): SessionEvent[] {
  return Object.values(samples());
}

function samples(): { [T in SessionEventType]: EventOf<T> } {
  const knn = { knn10: 40, knn20: 41, looKnn10: 42 };
  return {
    engine: { type: 'engine', engine: { backend: 'webgpu', adapter: 'a test adapter' } },
    dataset: {
      type: 'dataset',
      summary: {
        generation: 1,
        set: null,
        revision: 0,
        name: 'confetti',
        kind: 'builtin',
        size: 2,
        count: 10,
        trainCount: 8,
        heldOutCount: 2,
        classNames: ['a', 'b'],
        classCounts: [5, 5],
        labelledCount: 10,
        hasMasks: true,
        probes: [8, 9],
      },
    },
    state: {
      type: 'state',
      state: {
        phase: 'preparing',
        activity: 'compiling',
        progress: { done: 12, total: 31 },
        step: 3,
        totalSteps: 10,
        stepsPerEpoch: 2,
        epoch: 1.5,
      },
    },
    prepared: {
      type: 'prepared',
      prepared: {
        method: 'dino',
        totalSteps: 10,
        stepsPerEpoch: 2,
        batchSize: 4,
        outDim: 64,
        featureDim: 8,
        hasAttention: true,
        warnings: [],
      },
    },
    steps: { type: 'steps', reports: stepBatch(1, 3) },
    timing: {
      type: 'timing',
      timing: { stepMs: 80, imagesPerSecond: 400, secondsLeft: null, gpuBytes: 1e6, firstStepMs: null },
    },
    evaluation: { type: 'evaluation', evaluation: evaluationAt(0) },
    baselines: {
      type: 'baselines',
      baselines: {
        chance: 50,
        randomInit: { ...knn, jaccardHeadMean: 20, jaccardBestHead: 30, jaccardX2: null },
        pixels: knn,
        histogram: knn,
        wholeImage: 18,
        centredDisc: { jaccard: 34, radius: 20 },
        oracle: null,
      },
    },
    attention: {
      type: 'attention',
      attention: {
        step: 3,
        indices: Int32Array.of(8, 9),
        heads: 2,
        rows: 1,
        cols: 2,
        student: new Float32Array(8),
        teacher: new Float32Array(8),
        studentMasks: new Uint8Array(8),
        teacherMasks: new Uint8Array(8),
        threshold: 0.6,
        imageSize: 2,
        pictures: new Uint8ClampedArray(32),
        truth: new Uint8Array(8),
        jaccard: new Float32Array(4),
      },
    },
    views: {
      type: 'views',
      views: {
        step: 3,
        indices: Int32Array.of(1),
        views: [
          {
            name: 'global 1',
            size: 2,
            boxes: [{ top: 0, left: 0, height: 2, width: 2, flip: true }],
            pixels: new Uint8ClampedArray(16),
          },
        ],
        answers: {
          terms: new Float32Array(2),
          targets: new Float32Array(8),
          predictions: new Float32Array(4),
        },
        imageSize: 2,
        pictures: new Uint8ClampedArray(16),
      },
    },
    diagnosis: {
      type: 'diagnosis',
      diagnosis: {
        step: 3,
        state: 'slow',
        title: 'Learning slowly',
        sentence: 'The teacher is soft.',
        tryThis: [{ field: 'teacher_temp', value: 0.02, text: 'Lower it.' }],
        gauges: [
          {
            name: 'kl',
            label: 'KL',
            value: 0.2,
            healthy: [0.7, 1.5],
            limits: [{ at: 0.15, beyond: 'below', means: 'uniform collapse' }],
            state: 'low',
          },
        ],
      },
    },
    ballots: {
      type: 'ballots',
      ballots: {
        step: 3,
        classNames: ['a', 'b'],
        ballots: [
          {
            index: 2,
            truth: 1,
            views: [],
            support: Int32Array.of(0, 1),
            supportLabels: Int32Array.of(0, 1),
            supportTruth: Int32Array.of(0, 1),
            similarities: new Float32Array(0),
            votes: new Float32Array(0),
            probabilities: new Float32Array(0),
            targets: new Float32Array(0),
          },
        ],
        meanEntropy: 0.6,
        meanTarget: Float32Array.of(0.4, 0.6),
        warnings: ['‘b’ has one label.'],
        size: 1,
        indices: Int32Array.of(0, 1, 2),
        pictures: new Uint8ClampedArray(12),
      },
    },
    labels: {
      type: 'labels',
      labels: {
        generation: 1,
        source: 'budget',
        classNames: ['a', 'b'],
        given: Int32Array.of(0, 1, -1, -1, -1, -1, -1, -1, -1, -1),
      },
    },
    pictures: {
      type: 'pictures',
      replyTo: 1,
      pictures: {
        generation: 1,
        classNames: ['a', 'b'],
        names: Array.from({ length: 10 }, (_, i) => `picture ${i}`),
        truth: Int32Array.from({ length: 10 }, (_, i) => i % 2),
        given: new Int32Array(10).fill(-1),
        heldOut: Uint8Array.from({ length: 10 }, (_, i) => (i < 8 ? 0 : 1)),
        rows: Int32Array.from({ length: 10 }, (_, i) => i),
      },
    },
    description: {
      type: 'description',
      replyTo: 1,
      description: { generation: 1, mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.2, 0.1] },
    },
    picks: { type: 'picks', replyTo: 1, indices: Int32Array.of(3, 4) },
    fineTuned: {
      type: 'fineTuned',
      replyTo: 1,
      fineTuned: {
        kind: 'linear',
        trunk: false,
        step: 10,
        steps: 100,
        loss: 0.7,
        heldOut: 80,
        unlabelled: 70,
        seconds: 1,
      },
    },
    live: { type: 'live', step: 3, field: 'teacher_temp', value: 0.02 },
    plan: {
      type: 'plan',
      replyTo: 1,
      plan: {
        exact: true,
        gpuBytes: 127 * 2 ** 20,
        stateBytes: 80 * 2 ** 20,
        largestBufferBytes: 2 ** 20,
        dispatches: 243,
        problems: [],
      },
    },
    weights: { type: 'weights', replyTo: 1, step: 3, bytes: new Uint8Array(5) },
    thumbnails: {
      type: 'thumbnails',
      replyTo: 1,
      thumbnails: { generation: 1, indices: [0, 1], size: 1, pixels: new Uint8ClampedArray(8) },
    },
    done: { type: 'done', replyTo: 1 },
    refused: {
      type: 'refused',
      replyTo: 1,
      problems: [
        { field: 'batch_size', kind: 'refusal', message: 'The batch is larger than the set.', suggestion: 8 },
      ],
    },
    error: { type: 'error', error: { code: 'x/y', message: 'It failed.', hint: 'Try again.' } },
  };
}
