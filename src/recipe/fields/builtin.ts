/**
 * What a built-in set shows: which cues tell its classes apart, what lies behind the object, and how many
 * pictures there are. Nothing of this is in the official scripts; the defaults leave the three sets as they are.
 */
import { boolean, choice, type FieldContext, integer, number } from '../field';

/** How a background is made: alike in all pictures (`blobs`, `grey`), or in colours of the picture's own. */
export type BackgroundStyle = 'blobs' | 'grey' | 'picture';

/** What the three sets are where the recipe leaves it to them. */
export const builtinStyles: Readonly<
  Record<'confetti' | 'grey' | 'noise', { colourCue: boolean; background: BackgroundStyle }>
> = {
  confetti: { colourCue: true, background: 'blobs' },
  grey: { colourCue: false, background: 'grey' },
  noise: { colourCue: false, background: 'picture' },
};

type Builtin = keyof typeof builtinStyles;

const isBuiltin = (data: string): data is Builtin => Object.hasOwn(builtinStyles, data);
const builtin = (r: FieldContext) => isBuiltin(r.data);

/** Whether the hue of an object tells its class. */
export function colourTells({ data, colour_cue }: Pick<FieldContext, 'data' | 'colour_cue'>): boolean {
  return isBuiltin(data) && (colour_cue === 'own' ? builtinStyles[data].colourCue : colour_cue === 'on');
}

/** Whether the backgrounds of all pictures are of one kind, before a tint makes them differ. */
export function sharesBackground({ data, background }: Pick<FieldContext, 'data' | 'background'>): boolean {
  return (
    isBuiltin(data) && (background === 'own' ? builtinStyles[data].background : background) !== 'picture'
  );
}

/** Every field of this file is an extra of ours. */
const ours = { group: 'data', paper: 'not in the official script', extra: true } as const;

export const builtinFields = {
  data_classes: integer({
    ...ours,
    label: 'classes',
    help: 'The first so many of star, gear, heart, arrow, cross, crescent, ring, triangle, leaf, fish. Fewer are easier to tell apart, and a guess is right more often: one time in so many.',
    official: 10,
    min: 2,
    max: 10,
    unit: 'classes',
    appliesTo: builtin,
  }),
  shape_cue: boolean({
    ...ours,
    label: 'shape tells the class',
    help: 'On, each class has its shape. Off, every object is any of the ten shapes: what is left to tell a class is its colour or its pattern, and the classes are called after that.',
    official: true,
    appliesTo: builtin,
  }),
  colour_cue: choice({
    ...ours,
    label: 'colour tells the class',
    help: 'On, each class has a hue, and colour alone gives most classes away: the easiest thing to learn, until the views’ hue jitter makes the network forget it. Off, the hue is any.',
    official: 'own',
    options: ['own', 'on', 'off'],
    optionLabels: { own: 'as in the set', on: 'yes', off: 'no' },
    appliesTo: builtin,
  }),
  hue_spread: number({
    ...ours,
    label: 'hue spread',
    help: 'How much the colours of neighbouring classes overlap, as a standard deviation in steps between class hues. Small: colour gives the class away. At 1, colour alone gets less than a third of ten classes right.',
    official: 0.5,
    min: 0,
    max: 3,
    step: 0.01,
    unit: 'class steps',
    appliesTo: colourTells,
  }),
  texture_cue: boolean({
    ...ours,
    label: 'pattern tells the class',
    help: 'On, the objects of a class bear its pattern: stripes, checks or dots, wide or narrow. Every crop of the object shows it, and no jitter of colours takes it away. Off, objects are plain.',
    official: false,
    appliesTo: builtin,
  }),
  background: choice({
    ...ours,
    label: 'background',
    help: 'Where all backgrounds are alike, only the object tells pictures apart, and attention lands on it. Colours of its own in every picture are the shortcut that DINO likes to learn: it knows pictures by their background and needs no object.',
    official: 'own',
    options: ['own', 'blobs', 'grey', 'picture'],
    optionLabels: {
      own: 'as in the set',
      blobs: 'pastel blobs',
      grey: 'grey noise',
      picture: 'each its own',
    },
    appliesTo: builtin,
  }),
  background_tint: number({
    ...ours,
    label: 'background of its own',
    help: 'How far each background leans to colours of its own: 0 is alike in all pictures, 1 different in each. Turn it up, and attention leaves the object for the background.',
    official: 0,
    min: 0,
    max: 1,
    step: 0.05,
    appliesTo: sharesBackground,
  }),
  clutter: integer({
    ...ours,
    label: 'clutter',
    help: 'Small shapes of any kind and colour, strewn behind the object. They tell nothing and belong to no mask: attention that follows every edge loses Jaccard, and raw pixels tell less of a class.',
    official: 0,
    min: 0,
    max: 20,
    unit: 'shapes',
    appliesTo: builtin,
  }),
  train_pictures: integer({
    ...ours,
    label: 'training pictures',
    help: 'How many pictures the network learns from. With few of them it sees each one often and learns them by heart; 10,000 take some seconds to draw.',
    official: 1600,
    min: 20,
    max: 10_000,
    log: true,
    unit: 'pictures',
    appliesTo: builtin,
  }),
  held_out_pictures: integer({
    ...ours,
    label: 'held-out pictures',
    help: 'How many pictures are kept for scoring. With 400 a k-NN score is sure to about 2 points, with 100 to about 4.',
    official: 400,
    min: 10,
    max: 2500,
    log: true,
    unit: 'pictures',
    appliesTo: builtin,
  }),
};
