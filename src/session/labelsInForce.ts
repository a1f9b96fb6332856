/** The labels a run works with: drawn by the budget of its recipe, or given by hand. */

import { drawBudget, type RunLabels, runLabels, withGiven } from '../labels';
import type { Recipe } from '../recipe';
import type { ShelvedData } from './dataShelf';
import type { LabelsReport } from './protocol';

/** Labels of one run; `labels.given` and `labels.truth` are replaced when they change while it goes. */
export interface LabelsInForce {
  source: LabelsReport['source'];
  classNames: readonly string[];
  labels: RunLabels;
}

/** What a recipe is told of the classes of these pictures. */
export function labelsInForce(
  { label_source: source, labels_per_class: perClass, label_seed: seed }: LabelRecipe,
  { labelling, trainIndices }: Pick<ShelvedData, 'labelling' | 'trainIndices'>,
): LabelsInForce {
  const told =
    source === 'hand' ? labelling : withGiven(labelling, drawBudget(labelling, trainIndices, perClass, seed));
  const { classes, given } = runLabels(told);
  // Scoring knows what the person said, whatever a budget draws.
  const { truth } = runLabels(labelling);
  return { source, classNames: labelling.classNames, labels: { classes, given, truth } };
}

/** Changes the labels of a run that goes to those given by hand in `data`, which has the same classes. */
export function relabel(inForce: LabelsInForce, { labelling }: Pick<ShelvedData, 'labelling'>): void {
  const { given, truth } = runLabels(labelling);
  inForce.source = 'hand';
  inForce.labels.given = given;
  inForce.labels.truth = truth;
}

/** The fields that choose the labels. */
type LabelRecipe = Pick<Recipe, 'label_source' | 'labels_per_class' | 'label_seed'>;

/** The same for the same labels. */
export function labelsKey({ labels }: LabelsInForce): string {
  return labels.given.join();
}

/** How many classes have a label that training may use. */
export function labelledClasses(
  { labels }: LabelsInForce,
  { trainIndices }: Pick<ShelvedData, 'trainIndices'>,
): number {
  return new Set(trainIndices.map((index) => labels.given[index]!).filter((label) => label >= 0)).size;
}

/** As the page is told. */
export function labelsReport(
  { source, classNames, labels }: LabelsInForce,
  { summary }: Pick<ShelvedData, 'summary'>,
): LabelsReport {
  const { generation } = summary;
  return { generation, source, classNames: [...classNames], given: labels.given.slice() };
}
