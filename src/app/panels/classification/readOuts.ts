/**
 * What a few labels are worth, as a plot over the run: each way of telling classes from them, beside what needs no
 * training. The scores are the session's (`evaluation.classification`).
 */

import type { BaselinesReport, Classification, EvaluationReport, ReadOut } from '../../../session/protocol';
import { scoreSeries } from '../../store/series';
import { standardError } from '../knn/verdict';
import type { PlotLevel, PlotLine, PlotSpec } from '../plot/spec';
import type { ColourName } from '../plot/theme';

/** Which pictures are told apart: those held out, or training pictures whose label is hidden. */
export type Scored = 'heldOut' | 'unlabelled';

/** The read-outs by name, and what each does. */
export const readOutWords: Readonly<Record<ReadOut, { label: string; about: string }>> = {
  snnHead: {
    label: 'soft neighbours (head)',
    about:
      'the labelled pictures vote by the similarity of their embeddings, as in training (PAWS, snn_eval.py)',
  },
  snnFeature: {
    label: 'soft neighbours (features)',
    about: 'the same vote on the features before the head',
  },
  classifier: {
    label: 'its own classifier',
    about: 'the linear layer that was trained along, by cross-entropy on the labels',
  },
  linear: {
    label: 'linear probe',
    about: 'a linear classifier fitted to the frozen features of the labelled pictures',
  },
  knn: {
    label: 'k-NN, k = 10',
    about: 'the ten nearest labelled pictures vote on the features (DINO, eval_knn.py)',
  },
};

const marks: Record<ReadOut, Pick<PlotLine, 'markers' | 'dash'>> = {
  snnHead: { markers: 'circle' },
  snnFeature: { markers: 'diamond-open', dash: 'dot' },
  classifier: { markers: 'square', dash: 'dash' },
  linear: { markers: 'triangle-up', dash: 'dot' },
  knn: { markers: 'circle-open', dash: 'dash' },
};

/** Everything that the scores are held against. */
export interface Rivals {
  baselines: BaselinesReport | null;
  /** The evaluation before the first step. */
  start: EvaluationReport | undefined;
}

/** Baselines as dashed grey lines: chance, the network before training, raw pixels that know all labels. */
export function rivalLevels({ baselines, start }: Rivals, shown: ReadOut, scored: Scored): PlotLevel[] {
  const before = start?.step === 0 ? scoreOf(start.classification, shown, scored) : null;
  const all: [label: string, short: string, value: number | null | undefined][] = [
    ['chance', 'chance', baselines?.chance],
    ['before training', 'start', before],
    ['pixels, all labels', 'pixels', scored === 'heldOut' ? baselines?.pixels.knn10 : null],
  ];
  return all.flatMap(([label, short, value]) =>
    typeof value === 'number'
      ? [
          {
            value,
            label: `${label} ${value.toFixed(1)}`,
            short: `${short} ${value.toFixed(1)}`,
            colour: 'base' as const,
          },
        ]
      : [],
  );
}

/** The curves of the read-outs there are, the method's own strongest. */
export function readOutPlot(
  readOuts: readonly ReadOut[],
  scored: Scored,
  levels: readonly PlotLevel[],
  colour: ColourName,
): PlotSpec {
  const suffix = scored === 'heldOut' ? 'HeldOut' : 'Unlabelled';
  return {
    name: `Accuracy, ${scored === 'heldOut' ? 'held-out' : 'unlabelled'}`,
    file: `pawsaur-accuracy-${scored === 'heldOut' ? 'held-out' : 'unlabelled'}`,
    format: (value) => `${value.toFixed(1)} %`,
    leastSpan: 10,
    floor: 0,
    lines: readOuts.map((id) => ({
      ...marks[id],
      id,
      label: readOutWords[id].label,
      columns: scoreSeries,
      column: `${id}${suffix}`,
      colour,
    })),
    levels,
    csv: () => scoreSeries.toCsv(),
  };
}

/** One score, percent; null where it is not known. */
function scoreOf(
  classification: Classification | null | undefined,
  readOut: ReadOut,
  scored: Scored,
): number | null {
  return classification?.readOuts.find(({ id }) => id === readOut)?.[scored] ?? null;
}

/** Held-out pictures with a known class. */
export function scoredCount({ confusion }: Classification): number {
  return confusion.reduce((sum, count) => sum + count, 0);
}

/** The latest score of the method's own read-out in words, no surer than the number of pictures allows. */
export function verdict(classification: Classification, rivals: Rivals): string | null {
  const score = scoreOf(classification, classification.shown, 'heldOut');
  if (score === null) return null;
  const { labels, shown, classNames } = classification;
  const n = scoredCount(classification);
  const error = standardError(score, n);
  const said = `From ${labels} ${labels === 1 ? 'label' : 'labels'} it gets ${score.toFixed(1)} % of the held-out pictures right, by ${readOutWords[shown].label}`;
  const before = rivals.start?.step === 0 ? rivals.start.classification : null;
  const start = before === classification ? null : scoreOf(before, shown, 'heldOut');
  const gain = start === null ? '' : `; ${against(score - start, error, 'before training')}`;
  const pixels = rivals.baselines?.pixels.knn10 ?? null;
  const raw =
    pixels === null
      ? ''
      : `; ${against(score - pixels, error, 'raw pixels, whose neighbours know all labels')}`;
  const chance = (100 / classNames.length).toFixed(0);
  return `${said}${gain}${raw}. Guessing gets ${chance} %. One score over ${n} pictures is uncertain by ±${error.toFixed(1)}.`;
}

function against(gap: number, error: number, rival: string): string {
  if (Math.abs(gap) < error) return `no more and no less than ${rival}`;
  return `${Math.abs(gap).toFixed(1)} points ${gap > 0 ? 'more' : 'fewer'} than ${rival}`;
}
