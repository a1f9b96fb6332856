/** What to try with DINO. Figures: docs/recipes.md. */

import { colourSide, colourSwitch, colourTells } from '../../recipe';
import type { Experiment } from './experiment';
import { logOf } from './text';

export const dinoExperiments: readonly Experiment[] = [
  {
    id: 'centring-back',
    title: 'Switch centring back on',
    text: () => 'Does it find its way back? A collapsed teacher has little left to centre.',
    changes: () => ({ centering_on: true }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && !recipe.centering_on,
  },
  {
    id: 'sharpening-back',
    title: 'Switch sharpening back on',
    text: () => 'Give the teacher its low temperature again and watch whether the loss leaves the red line.',
    changes: () => ({ sharpening_on: true }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && !recipe.sharpening_on,
  },
  {
    id: 'hue',
    title: 'Take colour away',
    text: (recipe) =>
      `Raise hue jitter to 0.5. The views stop agreeing on colour, and colour is all that tells these classes apart. Watch the loss climb to ${logOf(recipe.out_dim)} and stay.`,
    changes: () => ({ hue: 0.5, jitter_prob: 0.8 }),
    fits: ({ recipe }) =>
      recipe.data === 'confetti' && colourTells(recipe) && recipe.arch === 'vit' && recipe.hue < 0.5,
  },
  {
    id: 'hue-back',
    title: 'Give colour back',
    text: () =>
      'Hue jitter back to 0.1, where the same network, seed and pictures learn. One number decides between learning and collapse.',
    changes: () => ({ hue: 0.1 }),
    fits: ({ recipe }) => recipe.data === 'confetti' && recipe.hue === 0.5,
  },
  {
    id: 'colour-photos',
    title: 'Turn the colour switch',
    text: (recipe) =>
      colourSide(recipe) === 'matters'
        ? 'Shuffle the colours: now only form is left to agree on. Photos of hands showing digits gained 28 points of k-NN from that, although their loss was higher.'
        : 'Leave the colours alone. On sorted waste this took k-NN from 59 to 64 %; on hands showing digits from 66 down to 38 %, although the loss was lower.',
    changes: (recipe) => colourSwitch(recipe, colourSide(recipe) === 'matters' ? 'nuisance' : 'matters'),
    fits: ({ recipe }) => recipe.data === 'folder' && recipe.arch === 'cnn',
  },
  {
    id: 'sharpening',
    title: 'Switch sharpening off',
    text: (recipe) =>
      `The teacher then answers at the student's temperature. Watch its entropy climb to ${logOf(recipe.out_dim)}: everything drifts to the uniform answer.`,
    changes: () => ({ sharpening_on: false }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && recipe.sharpening_on,
  },
  {
    id: 'centring',
    title: 'Switch centring off',
    text: () => 'Nothing then keeps one prototype from winning. Watch the teacher’s entropy fall.',
    changes: () => ({ centering_on: false }),
    live: true,
    fits: ({ recipe, underWay }) => underWay && recipe.centering_on,
  },
  {
    id: 'paper',
    title: 'Centre as the paper does',
    text: () =>
      'A moving average and temperature 0.04 were made for long runs. After 250 steps attention had moved from 20 to 21, where Sinkhorn and 0.02 reach 29.',
    changes: () => ({ centering: 'ema', teacher_temp: 0.04, warmup_teacher_temp: 0.04 }),
    fits: ({ recipe, underWay }) =>
      !underWay && recipe.data === 'confetti' && recipe.centering === 'sinkhorn',
  },
  {
    id: 'noise',
    title: 'Give every picture its own background',
    text: () =>
      'The background alone then tells the pictures apart, and attention never moves to the object: Jaccard went from 21 to 19 while everything looked healthy.',
    changes: () => ({ data: 'noise' }),
    fits: ({ recipe, underWay }) => !underWay && recipe.data === 'confetti' && recipe.arch === 'vit',
  },
  {
    id: 'confetti-back',
    title: 'Back to confetti',
    text: () => 'Backgrounds that look alike everywhere leave the object as the only thing to recognise.',
    changes: () => ({ data: 'confetti' }),
    fits: ({ recipe, underWay }) => !underWay && recipe.data === 'noise',
  },
];
