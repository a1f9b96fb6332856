/** What the labels of a run came to, in honest words: against no training, raw pixels, and the same labels alone. */

import type { Recipe } from '../../recipe';
import type { BaselinesReport, Classification, EvaluationReport } from '../../session/protocol';
import { standardError } from '../panels/knn/verdict';

const percent = (value: number) => `${value.toFixed(1)} %`;

/** Held-out accuracy by the method's own read-out, percent. */
function ownScore(classification: Classification | null | undefined): number | null {
  return classification?.readOuts.find(({ id }) => id === classification.shown)?.heldOut ?? null;
}

/** Held-out accuracy by whichever read-out is best: favours a baseline, on purpose. */
function bestScore(classification: Classification | null | undefined): number | null {
  const scores = classification?.readOuts.flatMap(({ heldOut }) => heldOut ?? []) ?? [];
  return scores.length === 0 ? null : Math.max(...scores);
}

/** One sentence on accuracy from the labels; null where no labels were given or nothing is held out. */
export function accuracySentence(
  evaluations: readonly EvaluationReport[],
  baselines: BaselinesReport | null,
): string | null {
  const last = evaluations.at(-1)?.classification;
  const score = ownScore(last);
  if (score === null || !last) return null;
  const start = evaluations[0]?.step === 0 ? ownScore(evaluations[0].classification) : null;
  const from = start === null ? '' : `, from ${percent(start)} before training`;
  const labels = `${last.labels} ${last.labels === 1 ? 'label' : 'labels'}`;
  const said = `With ${labels} it tells ${percent(score)} of the held-out pictures right${from}.`;
  const pixels = baselines?.pixels.knn10 ?? null;
  if (pixels === null) return said;
  const error = standardError(
    score,
    last.confusion.reduce((sum, count) => sum + count, 0),
  );
  if (score > pixels + error)
    return `${said} Raw pixels with all labels, hidden ones included, come to ${percent(pixels)}.`;
  return `${said} That is no more than raw pixels reach with all labels (${percent(pixels)}).`;
}

/** A run of this visit as far as it can be compared. */
export interface Rival {
  recipe: Recipe;
  evaluations: readonly EvaluationReport[];
}

/** Fields that say which labels a run had. */
const labelFields = ['data', 'data_seed', 'label_source', 'labels_per_class', 'label_seed'] as const;

/** The latest run with the same labels by the other method: what PAWS is held against, and the other way round. */
function rivalOf(recipe: Recipe, runs: readonly Rival[]): Rival | null {
  const other = recipe.method === 'paws' ? 'supervised' : 'paws';
  if (recipe.label_source !== 'budget') return null;
  const same = (rival: Rival) =>
    rival.recipe.method === other && labelFields.every((field) => rival.recipe[field] === recipe[field]);
  return runs.find(same) ?? null;
}

/** PAWS against the same labels alone, or how to find out; null for other methods. */
export function rivalSentence(
  recipe: Recipe,
  last: EvaluationReport | undefined,
  runs: readonly Rival[],
): string | null {
  if (recipe.method !== 'paws' && recipe.method !== 'supervised') return null;
  const rival = rivalOf(recipe, runs);
  const theirs = rival?.evaluations.at(-1)?.classification;
  const paws = recipe.method === 'paws' ? ownScore(last?.classification) : ownScore(theirs);
  const alone = bestScore(recipe.method === 'paws' ? theirs : last?.classification);
  if (paws === null || alone === null) {
    return recipe.method === 'paws'
      ? 'What the unlabelled pictures bought is not known yet: run the supervised baseline on the same labels.'
      : 'This is the bar for PAWS on the same labels: what it has above this, the unlabelled pictures bought.';
  }
  const total = (last?.classification?.confusion ?? new Int32Array(0)).reduce((sum, n) => sum + n, 0);
  const gap = paws - alone;
  const scores = `PAWS came to ${percent(paws)}, the same labels alone to ${percent(alone)} (its best read-out)`;
  if (Math.abs(gap) <= standardError(paws, total)) {
    return `${scores}: no difference that these ${total} pictures could show. Here PAWS did not help.`;
  }
  if (gap < 0) return `${scores}: PAWS lost ${(-gap).toFixed(1)} points. Here it did not help.`;
  return `${scores}: the unlabelled pictures bought ${gap.toFixed(1)} points.`;
}
