/** What decides a built-in set, and how settings that come from outside become that. */
import * as v from 'valibot';
import { PawsaurError } from '../../platform/errors';
import {
  acceptedValues,
  type BackgroundStyle,
  type BuiltinFieldName,
  builtinFieldNames,
  builtinStyles,
  fieldSchemas,
  type Recipe,
  recipeFields,
} from '../../recipe';

/** The names of the built-in sets. */
export const builtinNames = ['confetti', 'grey', 'noise'] as const;
/** One of them. */
export type BuiltinName = (typeof builtinNames)[number];

/** What decides a built-in set, apart from its name; left out, it is as the set always was. */
export interface BuiltinOptions {
  /** `data_seed` of the recipe; default 0. */
  seed?: number;
  /** 2 to 10 classes, the first of `shapeNames`; default 10. */
  classes?: number;
  /** Whether the shape tells the class, else it is any; default true. */
  shapeCue?: boolean;
  /** Whether the hue tells the class, else it is any; default: in `confetti` only. */
  colourCue?: boolean;
  /** Standard deviation of a telling hue, in steps from one class to the next; default 0.5. */
  hueSpread?: number;
  /** Whether a pattern on the object tells the class, else it is plain; default false. */
  textureCue?: boolean;
  /** Default: `blobs` in `confetti`, `grey` in `grey`, `picture` in `noise`. */
  background?: BackgroundStyle;
  /** How far a background that is alike in all pictures leans to colours of the picture's own, 0 to 1; default 0. */
  backgroundTint?: number;
  /** Small shapes behind the object, which belong to no mask; default 0. */
  clutter?: number;
  /** Pictures to train on; default 1600. */
  train?: number;
  /** Pictures held out; default 400. */
  heldOut?: number;
}

/** All of them, said. */
export type BuiltinPlan = Required<BuiltinOptions> & { name: BuiltinName };

/** Fills in what is left out. Throws 'data/unknown-set' for a name that is no built-in set. */
export function planBuiltin(name: BuiltinName, options: BuiltinOptions): BuiltinPlan {
  if (!builtinNames.includes(name)) {
    throw new PawsaurError(
      'data/unknown-set',
      `There is no built-in set “${name}”.`,
      `Choose one of ${builtinNames.join(', ')}.`,
    );
  }
  return {
    name,
    seed: 0,
    classes: 10,
    shapeCue: true,
    hueSpread: 0.5,
    textureCue: false,
    backgroundTint: 0,
    clutter: 0,
    train: 1600,
    heldOut: 400,
    ...builtinStyles[name],
    ...options,
  };
}

/**
 * Options from values by recipe field (`builtinParams` of a recipe, or a message); what is left out stays left
 * out. Throws 'data/unknown-setting' for another name and 'data/bad-setting' for a value out of range.
 */
export function builtinOptions(params: Readonly<Record<string, unknown>>): BuiltinOptions {
  const given = new Map(Object.entries(params));
  for (const name of given.keys()) {
    if ((builtinFieldNames as readonly string[]).includes(name)) continue;
    throw new PawsaurError(
      'data/unknown-setting',
      `The built-in sets have no setting “${name.slice(0, 40)}”.`,
      `They have ${builtinFieldNames.join(', ')}.`,
    );
  }
  const read = <K extends BuiltinFieldName>(name: K) => checked(name, given.get(name));
  const colourCue = read('colour_cue');
  const background = read('background');
  return withoutGaps({
    classes: read('data_classes'),
    shapeCue: read('shape_cue'),
    colourCue: colourCue === undefined || colourCue === 'own' ? undefined : colourCue === 'on',
    hueSpread: read('hue_spread'),
    textureCue: read('texture_cue'),
    background: background === 'own' ? undefined : background,
    backgroundTint: read('background_tint'),
    clutter: read('clutter'),
    train: read('train_pictures'),
    heldOut: read('held_out_pictures'),
  });
}

function checked<K extends BuiltinFieldName>(name: K, value: unknown): Recipe[K] | undefined {
  if (value === undefined) return undefined;
  const result = v.safeParse(fieldSchemas[name] as v.GenericSchema<unknown, Recipe[K]>, value);
  if (result.success) return result.output;
  const accepted = acceptedValues(recipeFields[name]);
  throw new PawsaurError('data/bad-setting', `The setting ${name} of a built-in set must be ${accepted}.`);
}

/** The entries that hold something, so that they may be laid over defaults. */
function withoutGaps(
  options: { [K in keyof BuiltinOptions]: BuiltinOptions[K] | undefined },
): BuiltinOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
