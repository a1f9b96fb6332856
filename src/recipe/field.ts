/**
 * What one field of a recipe is: the vocabulary in which the field table is written.
 * Everything else in this room (types, schema, form, permalink, file) is read off that table.
 */

import type { MethodName } from './methods';

/** The parts of a recipe that decide whether another field means anything. */
export interface FieldContext {
  readonly method: string;
  readonly data: string;
  readonly colour_cue: string;
  readonly background: string;
  readonly label_source: string;
  readonly support_ce_weight: number;
  readonly queue_length: number;
  readonly arch: string;
  readonly centering: string;
  readonly optimizer: string;
  readonly head_nlayers: number;
  readonly local_crops_number: number;
  readonly warmup_teacher_temp_epochs: number;
  readonly jitter_prob: number;
  readonly solarize_prob: number;
  readonly blur_prob_global1: number;
  readonly blur_prob_global2: number;
  readonly blur_prob_local: number;
}

/** The sections of the form, in order. */
export type FieldGroup =
  | 'data'
  | 'labels'
  | 'model'
  | 'head'
  | 'teacher'
  | 'votes'
  | 'prototypes'
  | 'optimiser'
  | 'crops'
  | 'colour'
  | 'run';

/** What a field says and defaults to under one method, where it differs. */
export interface FieldVariant {
  label?: string;
  help?: string;
  paper?: string;
  officialName?: string;
  official?: FieldValue;
  unit?: string;
  quick?: boolean;
}

interface FieldBase {
  group: FieldGroup;
  /** Two or three plain words. */
  label: string;
  /** What turning it does, in a sentence or two. */
  help: string;
  /** What the paper or the official training script used, short enough to stand beside the value. */
  paper: string;
  /** Option name of the official script where it differs from ours. */
  officialName?: string;
  /** May be changed while a run is going. */
  live?: boolean;
  /** A documented extra that the official code does not have. */
  extra?: boolean;
  /** Shown first in the form; the rest stands under 'all options'. */
  quick?: boolean;
  /** The methods that read it; absent means all. */
  methods?: readonly MethodName[];
  /** What differs from one method to the other. */
  byMethod?: Readonly<Partial<Record<MethodName, FieldVariant>>>;
  /** Whether the field has any effect in this recipe, whose method reads it; absent means always. */
  appliesTo?: (recipe: FieldContext) => boolean;
}

/** A number between two bounds, both included. */
export interface NumberField extends FieldBase {
  kind: 'number' | 'integer';
  official: number;
  min: number;
  max: number;
  /** Step of the form control; values between steps are allowed. */
  step: number;
  /** The control runs on a logarithmic scale. */
  log?: boolean;
  unit?: string;
}

/** Yes or no. */
export interface BooleanField extends FieldBase {
  kind: 'boolean';
  official: boolean;
}

/** One of a few values. */
export interface ChoiceField<T extends string | number = string | number> extends FieldBase {
  kind: 'choice';
  official: T;
  options: readonly T[];
  /** What each option is called on screen, where its value does not say it. */
  optionLabels?: Readonly<Record<string, string>>;
}

/** Any field. */
export type FieldSpec = NumberField | BooleanField | ChoiceField;

/** Any value a field can hold. */
export type FieldValue = number | boolean | string;

/** The value type of one field specification. */
export type ValueOf<F> =
  F extends ChoiceField<infer T>
    ? T
    : F extends BooleanField
      ? boolean
      : F extends NumberField
        ? number
        : never;

/** Whether a field has any effect in this recipe. */
export function fieldApplies(spec: FieldSpec, recipe: FieldContext): boolean {
  const read = spec.methods === undefined || (spec.methods as readonly string[]).includes(recipe.method);
  return read && (spec.appliesTo?.(recipe) ?? true);
}

/** A field as it is under one method. */
export function fieldUnder<F extends FieldSpec>(spec: F, method: MethodName): F {
  const variant = spec.byMethod?.[method];
  return variant === undefined ? spec : { ...spec, ...variant };
}

/** A real number. */
export const number = (spec: Omit<NumberField, 'kind'>): NumberField => ({ kind: 'number', ...spec });

/** A whole number. */
export const integer = (spec: Omit<NumberField, 'kind' | 'step'> & { step?: number }): NumberField => ({
  kind: 'integer',
  step: 1,
  ...spec,
});

/** A switch. */
export const boolean = (spec: Omit<BooleanField, 'kind'>): BooleanField => ({ kind: 'boolean', ...spec });

/** One of the listed options. */
export const choice = <const T extends string | number>(
  spec: Omit<ChoiceField<T>, 'kind'>,
): ChoiceField<T> => ({ kind: 'choice', ...spec });
