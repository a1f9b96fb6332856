/**
 * Whether a run can learn from the labels it would be given. What cannot work is refused with the field named;
 * what probably disappoints is a warning. Recipes whose method reads no labels have nothing to fear here.
 */
import { type FieldProblem, methodFacts, type Recipe } from '../recipe';
import { refuse, warn } from '../recipe/problem';
import { drawBudget } from './budget';
import { listed, quoted } from './classNames';
import { type Labelling, labelCounts } from './labelling';

/** From this many times as many labels on, one class outweighs another. */
const unbalanced = 3;

/** What the checks look at: the labels of the training pictures. */
interface Facts {
  recipe: Recipe;
  labelling: Labelling;
  /** [classes] labels that training would know. */
  counts: Int32Array;
  /** Classes with labels. */
  labelled: number[];
  byHand: boolean;
}

/**
 * All that stands against `recipe` with these labels: those given where it takes labels by hand, else those its
 * budget draws. Setting a refusal's field to its suggestion settles that refusal. Never throws.
 */
export function checkLabels(
  recipe: Recipe,
  labelling: Labelling,
  trainIndices: ArrayLike<number>,
): FieldProblem[] {
  if (!methodFacts[recipe.method].readsLabels) return [];
  const byHand = recipe.label_source === 'hand';
  const { labels_per_class: perClass, label_seed: seed } = recipe;
  const given = byHand ? labelling.given : drawBudget(labelling, trainIndices, perClass, seed);
  const counts = labelCounts({ ...labelling, given }, trainIndices);
  const labelled = [...counts.keys()].filter((label) => counts[label]! > 0);
  const facts: Facts = { recipe, labelling, counts, labelled, byHand };
  const heldOut = byHand ? checkHeldOut(facts) : [];
  if (labelled.length < 2) {
    // What else could be labelled, for the suggestion.
    const drawn = labelCounts({ ...labelling, given: drawBudget(labelling, trainIndices, 1, seed) });
    return [refuseTooFew(facts, drawn.filter((count) => count > 0).length), ...heldOut];
  }
  return [
    ...(recipe.method === 'paws' ? checkSupport(facts) : []),
    ...checkClasses(facts),
    ...(byHand ? checkBalance(facts) : checkBudget(facts)),
    ...heldOut,
  ];
}

/** Labels of one class or none. @param drawable classes that a budget could label */
function refuseTooFew({ labelling, labelled, byHand }: Facts, drawable: number): FieldProblem {
  const suggestion = byHand && drawable > 1 ? 'budget' : byHand ? undefined : 'hand';
  if (labelled.length === 1) {
    const name = quoted(labelling.classNames[labelled[0]!]!);
    const message = `All labels are of one class, ${name}: there is nothing to tell apart. Label pictures of a second class.`;
    return refuse('label_source', message, suggestion);
  }
  const message = byHand
    ? 'No training picture has a label yet. Label a few of every class.'
    : 'No class of the training pictures is known, so no labels can be drawn. Label a few by hand.';
  return refuse('label_source', message, suggestion);
}

/** Whether the support batches of PAWS can be drawn, and without repeats. */
function checkSupport({ recipe, labelling, counts, labelled }: Facts): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const { classes_per_batch: wanted, supervised_imgs_per_class: images } = recipe;
  const classes = labelled.length;
  if (wanted > classes) {
    const message = `A step cannot take ${wanted} classes: only ${classes} have labels. 0 takes all.`;
    problems.push(refuse('classes_per_batch', message, 0));
  } else if (wanted > 0 && classes % wanted !== 0) {
    let fits = wanted;
    while (classes % fits !== 0) fits--;
    const suggestion = fits > 1 ? fits : 0;
    const message = `${wanted} classes a step do not divide the ${classes} that have labels; ${suggestion || '0, which takes all,'} would do.`;
    problems.push(refuse('classes_per_batch', message, suggestion));
  }
  const fewest = labelled.reduce((a, b) => (counts[b]! < counts[a]! ? b : a));
  if (counts[fewest]! < images) {
    const name = quoted(labelling.classNames[fewest]!);
    const message = `${images} pictures of every class vote in a step, and ${name} has ${pictures(counts[fewest]!)} with a label: they are repeated in other views.`;
    problems.push(warn('supervised_imgs_per_class', message, counts[fewest]!));
  }
  return problems;
}

/** Classes that training learns nothing of, or next to nothing. */
function checkClasses({ recipe, labelling, counts, byHand }: Facts): FieldProblem[] {
  const field = byHand ? 'label_source' : 'labels_per_class';
  const named = (count: number) =>
    labelling.classNames.flatMap((name, label) => (counts[label] === count ? [quoted(name)] : []));
  const problems: FieldProblem[] = [];
  const none = named(0);
  if (none.length > 0) {
    const verb = none.length > 1 ? 'have' : 'has';
    problems.push(warn(field, `${listed(none)} ${verb} no label: no picture will be taken for it.`));
  }
  const one = named(1);
  if (one.length > 0) {
    const message = `${listed(one)} ${one.length > 1 ? 'have' : 'has'} one label: how typical that picture is decides the class.`;
    const more = !byHand && recipe.labels_per_class === 1;
    problems.push(more ? warn(field, message, 2) : warn(field, message));
  }
  return problems;
}

/** Labels given by hand, many of one class and few of another. */
function checkBalance({ labelling, counts, labelled }: Facts): FieldProblem[] {
  const [fewest, ...between] = labelled.toSorted((a, b) => counts[a]! - counts[b]!);
  const most = between.at(-1)!;
  if (counts[most]! < unbalanced * counts[fewest!]!) return [];
  const of = (label: number) => `${quoted(labelling.classNames[label]!)} has ${counts[label]}`;
  const message = `The labels are unbalanced: ${of(most)} and ${of(fewest!)}. More labels of the rare classes help most.`;
  return [warn('label_source', message)];
}

/** A budget that not every class can fill. */
function checkBudget({ recipe, labelling, counts, labelled }: Facts): FieldProblem[] {
  const short = labelled.filter((label) => counts[label]! < recipe.labels_per_class);
  if (short.length === 0) return [];
  const names = listed(short.map((label) => `${quoted(labelling.classNames[label]!)} (${counts[label]})`));
  const fewest = short.reduce((least, label) => Math.min(least, counts[label]!), recipe.labels_per_class);
  const message = `Fewer than ${pictures(recipe.labels_per_class)} to train on: ${names}. All of them are labelled.`;
  return [warn('labels_per_class', message, fewest)];
}

/** Labels given by hand to pictures that training never sees. */
function checkHeldOut({ labelling, counts }: Facts): FieldProblem[] {
  const training = counts.reduce((sum, count) => sum + count, 0);
  const heldOut = labelCounts(labelling).reduce((sum, count) => sum + count, 0) - training;
  if (heldOut === 0) return [];
  const message =
    heldOut === 1
      ? 'One label is on a held-out picture: it scores, and training never sees it.'
      : `${heldOut} labels are on held-out pictures: they score, and training never sees them.`;
  return [warn('label_source', message)];
}

function pictures(count: number): string {
  return count === 1 ? 'one picture' : `${count} pictures`;
}
