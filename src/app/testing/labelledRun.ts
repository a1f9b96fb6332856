/** A run with labels as its worker would tell of it, for tests of what is drawn: ballots and accuracies of any size. */

import { shapeNames } from '../../dataset/procedural/shapes';
import type { BallotReport, BallotsReport, Classification, ReadOut } from '../../session/protocol';

interface BallotSizes {
  step?: number;
  classNames?: readonly string[];
  /** Labelled pictures of each class. */
  perClass?: number;
  /** Pictures voted on, each with the class its votes lean to and its true one. */
  votedOn?: readonly { index: number; leans: number; truth: number }[];
  /** How much more a supporter of the leading class counts. */
  lead?: number;
  warnings?: readonly string[];
  /** Side of the pictures, px. */
  size?: number;
}

/** A report on ballots whose votes, shares and sharpened shares belong together, as PAWS makes them. */
export function sampleBallots({
  step = 40,
  classNames = shapeNames,
  perClass = 5,
  votedOn = [{ index: 200, leans: 0, truth: 0 }],
  lead = 0.35,
  warnings = [],
  size = 16,
}: BallotSizes = {}): BallotsReport {
  const classes = classNames.length;
  const support = Int32Array.from({ length: classes * perClass }, (_, i) => i);
  const supportLabels = support.map((i) => Math.floor(i / perClass));
  const ballots = votedOn.map(({ index, leans, truth }): BallotReport => {
    const rows = [0, 1].map((view) => {
      const similarities = Float32Array.from(support, (i) => {
        const label = supportLabels[i]!;
        return 0.35 + (label === leans ? lead : 0.1 * wave(label)) + 0.12 * wave(7 * i + view + index);
      });
      const weights = similarities.map((cosine) => Math.exp(cosine / 0.1));
      const total = sum(weights);
      const votes = weights.map((weight) => weight / total);
      const probabilities = new Float32Array(classes).fill(0.1 / classes);
      votes.forEach((vote, i) => {
        probabilities[supportLabels[i]!]! += 0.9 * vote;
      });
      const sharp = probabilities.map((share) => share ** 4);
      const targets = sharp.map((share) => share / sum(sharp));
      return { similarities, votes, probabilities, targets };
    });
    const stacked = (key: keyof (typeof rows)[number]) =>
      Float32Array.from(rows.flatMap((row) => [...row[key]]));
    return {
      index,
      truth,
      views: ['global 1', 'global 2'].map((name, view) => ({
        name,
        size,
        boxes: [{ top: 0, left: 0, height: size, width: size, flip: view === 1 }],
        pixels: picture(leans, index + view, size),
      })),
      support: support.slice(),
      supportLabels: supportLabels.slice(),
      supportTruth: supportLabels.slice(),
      similarities: stacked('similarities'),
      votes: stacked('votes'),
      probabilities: stacked('probabilities'),
      targets: stacked('targets'),
    };
  });
  const indices = Int32Array.from([...support, ...votedOn.map(({ index }) => index)]);
  const kinds = [...supportLabels, ...votedOn.map(({ leans }) => leans)];
  const pictures = new Uint8ClampedArray(indices.length * size * size * 4);
  indices.forEach((index, i) => {
    pictures.set(picture(kinds[i]!, index, size), i * size * size * 4);
  });
  const meanTarget = Float32Array.from({ length: classes }, (_, label) => 1 + 0.6 * wave(3 * label));
  const total = sum(meanTarget);
  for (let label = 0; label < classes; label++) meanTarget[label]! /= total;
  const meanEntropy = -meanTarget.reduce((nats, share) => nats + share * Math.log(share), 0);
  return {
    step,
    classNames: [...classNames],
    ballots,
    meanEntropy,
    meanTarget,
    warnings: [...warnings],
    size,
    indices,
    pictures,
  };
}

/** Scores of the four read-outs, with a matrix in which neighbouring classes are confused. */
export function sampleScores(
  accuracy: number,
  { classNames = shapeNames as readonly string[], perClass = 40, labels = 50 } = {},
): Classification {
  const classes = classNames.length;
  const confusion = new Int32Array(classes * classes);
  const classAccuracy: number[] = [];
  for (let row = 0; row < classes; row++) {
    const share = Math.min(1, Math.max(0, accuracy / 100 + 0.18 * wave(5 * row)));
    const right = Math.round(perClass * share);
    const near = Math.round((perClass - right) * 0.7);
    confusion[row * classes + row] = right;
    confusion[row * classes + ((row + 1) % classes)]! += near;
    confusion[row * classes + ((row + 3) % classes)]! += perClass - right - near;
    classAccuracy.push((100 * right) / perClass);
  }
  const readOuts = (
    ['snnHead', 'snnFeature', 'classifier', 'linear'] as const satisfies readonly ReadOut[]
  ).map((id, i) => ({ id, heldOut: accuracy - 4 * i, unlabelled: accuracy - 4 * i - 2 }));
  return {
    classNames: [...classNames],
    labels,
    readOuts,
    shown: 'snnHead',
    confusion,
    classAccuracy,
    calibrationError: 11.2,
    reliability: Array.from({ length: 15 }, (_, i) =>
      i < 4
        ? { count: 0, confidence: null, accuracy: null }
        : {
            count: 3 * i,
            confidence: (100 * (i + 0.5)) / 15,
            accuracy: Math.max(0, (100 * (i + 0.5)) / 15 - 12),
          },
    ),
  };
}

const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);

/** −1 to 1, the same for the same number. */
const wave = (i: number) => Math.sin(i * 12.9898 + 4.1);

/** [size, size, 4]: a disc in the colour of its class on a grey that varies from picture to picture. */
function picture(kind: number, index: number, size: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [(i % size) / size - 0.5, Math.floor(i / size) / size - 0.5];
    const inside =
      Math.hypot(x - 0.1 * wave(index), y - 0.1 * wave(index + 1)) < 0.22 + 0.08 * wave(index + 2);
    const grey = 120 + 50 * wave(i + 31 * index);
    const channel = (c: number) => (inside ? 128 + 110 * Math.sin(kind * 1.7 + 2.1 * c) : grey);
    pixels.set([channel(0), channel(1), channel(2), 255], 4 * i);
  }
  return pixels;
}
