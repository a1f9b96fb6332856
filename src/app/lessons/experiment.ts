/** What an experiment is: one change that the page makes for the person, with what it was measured to do. */

import type { Recipe } from '../../recipe';

/** What an experiment knows of the page. */
export interface Bench {
  recipe: Recipe;
  underWay: boolean;
  /** Classes of the pictures; 10 until they are known. */
  classes?: number;
}

export interface Experiment {
  id: string;
  title: string;
  /** What is changed, why, and what to watch. */
  text(recipe: Recipe, classes: number): string;
  /** Fields to change. */
  changes(recipe: Recipe): Partial<Recipe>;
  /** Acts on the run that goes, in place of starting one. */
  live?: boolean;
  /** Whether it means something here and is not in force already. */
  fits(bench: Bench): boolean;
}
