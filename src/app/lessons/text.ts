/** What a text beside the panels is, and what it may speak of. */

import type { ReactNode } from 'react';
import type { Recipe } from '../../recipe';
import type { Situation } from './situation';

/** Numbers that texts name. */
export interface Facts {
  /** Prototypes or classes that the loss compares. */
  outputs: number;
  recipe: Recipe;
}

/** A title and what stands under it. */
export interface Text {
  title: string;
  body(facts: Facts): ReactNode;
}

/** The texts of a method; a situation that it has no text for is told as `training`. */
export type Texts = Readonly<Partial<Record<Situation, Text>> & Record<'rest' | 'training', Text>>;

/** 'ln 10 = 2.303'. */
export const logOf = (outputs: number) => `ln ${outputs} = ${Math.log(outputs).toFixed(3)}`;
