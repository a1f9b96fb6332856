/** What to try with PAWS, with SwAV, and with the baseline that has the same labels. Figures: docs/recipes.md. */

import type { Recipe } from '../../recipe';
import type { Experiment } from './experiment';
import { logOf } from './text';

const isPure = ({ support_ce_weight }: Recipe) => support_ce_weight === 0;
const isDrawn = ({ label_source }: Recipe) => label_source === 'budget';

/** Draws labels anew: with few of them no other setting moves the score as much. */
const anotherDraw: Experiment = {
  id: 'label-draw',
  title: 'Draw other labels',
  text: () =>
    'The same number of labels on other pictures. With four of each class one draw reached 91 % and another 71 %: the label draw matters more than anything else.',
  changes: ({ label_seed }) => ({ label_seed: label_seed + 1 }),
  fits: ({ recipe, underWay }) => !underWay && isDrawn(recipe),
};

export const pawsExperiments: readonly Experiment[] = [
  {
    id: 'me-max-back',
    title: 'Use all classes again',
    text: () => 'Switch mean-entropy maximisation back on and watch whether the lost classes come back.',
    changes: () => ({ me_max: true }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && !recipe.me_max,
  },
  {
    id: 'sharpen-back',
    title: 'Sharpen again',
    text: () => 'Sharpening back to 0.25, the paper’s value: pseudo-labels surer than the votes.',
    changes: () => ({ sharpen: 0.25 }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && recipe.sharpen >= 1,
  },
  {
    id: 'ce-back',
    title: 'Let the labels teach first',
    text: () =>
      'A cross-entropy on the labels, alone for the first quarter of the run, then the votes ramped in. Fifty labels took coloured shapes to 95 % that way, where the labels alone came to 76 to 80 %.',
    changes: () => ({ support_ce_weight: 1, paws_ramp_start: 0.25, paws_ramp_end: 0.45 }),
    fits: ({ recipe }) => isPure(recipe),
  },
  {
    id: 'me-max',
    title: 'Do without using all classes',
    text: () =>
      'Switch mean-entropy maximisation off and watch the entropy gauge of the ballot: in a pure run it fell from 2.3 to 1.5 nats, and classes vanished.',
    changes: () => ({ me_max: false }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && recipe.me_max,
  },
  {
    id: 'sharpen',
    title: 'Do not sharpen',
    text: () =>
      'Pseudo-labels then are just the votes. Watch the second bar in the ballot become the first, and the pseudo-labels stay undecided.',
    changes: () => ({ sharpen: 1 }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && recipe.sharpen < 1,
  },
  {
    id: 'labels-alone',
    title: 'The same labels alone',
    text: () =>
      'The honest baseline: same labels, network, views and steps, and no unlabelled picture. What PAWS has above it is what the unlabelled pictures buy.',
    changes: () => ({ method: 'supervised' }),
    fits: ({ recipe, underWay }) => !underWay && !isPure(recipe) && recipe.arch === 'cnn',
  },
  anotherDraw,
  {
    id: 'pure',
    title: 'Pure PAWS, as in the paper',
    text: (_, classes) =>
      `Take the label loss away. Nothing then tells the labelled pictures apart at first, all votes are even, and the loss stays at ${logOf(classes)}. Sharpening does not lead out of it.`,
    changes: () => ({ support_ce_weight: 0, paws_ramp_start: 0, paws_ramp_end: 0 }),
    fits: ({ recipe }) => !isPure(recipe),
  },
  {
    id: 'one-label',
    title: 'One label for each class',
    text: () =>
      'Each class then hangs on a single picture: look at the ballot of those that look different. Expect far less, and large differences from draw to draw.',
    changes: () => ({ labels_per_class: 1 }),
    fits: ({ recipe }) => isDrawn(recipe) && recipe.labels_per_class > 1,
  },
];

export const supervisedExperiments: readonly Experiment[] = [
  {
    id: 'votes',
    title: 'Let the labels vote on the others',
    text: () =>
      'PAWS + CE with the same labels, network and steps: the labelled pictures vote on the unlabelled ones. On coloured shapes fifty labels went from 82–88 % to 97 %; on photos of waste it changed nothing.',
    changes: ({ labels_per_class }) => ({
      method: 'paws',
      support_ce_weight: 1,
      paws_ramp_start: 0.25,
      paws_ramp_end: 0.45,
      supervised_imgs_per_class: Math.min(6, Math.max(2, labels_per_class)),
    }),
    fits: ({ recipe, underWay }) => !underWay && recipe.arch === 'cnn',
  },
  anotherDraw,
  {
    id: 'twice-the-labels',
    title: 'Twice the labels',
    text: ({ labels_per_class }) =>
      `${2 * labels_per_class} of each class in place of ${labels_per_class}: the most dependable way to a better score, and the dearest.`,
    changes: ({ labels_per_class }) => ({ labels_per_class: 2 * labels_per_class }),
    fits: ({ recipe }) => isDrawn(recipe) && recipe.labels_per_class <= 20,
  },
];

export const swavExperiments: readonly Experiment[] = [
  {
    id: 'soft-assignments',
    title: 'Softer assignments',
    text: ({ nmb_prototypes }) =>
      `Epsilon 0.5 spreads every view over many prototypes. There is little left to predict: watch KL fall and the loss near ${logOf(nmb_prototypes)}.`,
    changes: () => ({ epsilon: 0.5 }),
    fits: ({ recipe }) => recipe.epsilon < 0.5,
  },
  {
    id: 'sharp-assignments',
    title: 'Back to sharp assignments',
    text: () => 'Epsilon 0.05, the paper’s value.',
    changes: () => ({ epsilon: 0.05 }),
    fits: ({ recipe }) => recipe.epsilon === 0.5,
  },
  {
    id: 'no-sinkhorn',
    title: 'A single round of Sinkhorn',
    text: () =>
      'One round shares the prototypes out less evenly than three. Watch how many of them stay in use.',
    changes: () => ({ sinkhorn_iterations: 1 }),
    fits: ({ recipe }) => recipe.sinkhorn_iterations > 1,
  },
];
