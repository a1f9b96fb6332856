/** How a recipe says that something in it is wrong: plain data that crosses the worker boundary. */
import type { FieldValue } from './field';
import type { FieldName } from './fields';

/** One thing wrong with one field. */
export interface FieldProblem {
  /** The field, or 'recipe' / 'preset' / the unknown name itself. */
  field: FieldName | (string & {});
  /**
   * `ignored`: the value could not be read and another was kept; `refusal`: a run cannot start like this;
   * `warning`: it can, and probably disappoints.
   */
  kind: 'ignored' | 'refusal' | 'warning';
  /** A whole sentence for the person. */
  message: string;
  /** What was given, shortened for showing. */
  given?: string;
  /** A value of `field` that would work. */
  suggestion?: FieldValue;
}

const problem =
  (kind: FieldProblem['kind']) =>
  (field: FieldName, message: string, suggestion?: FieldValue): FieldProblem =>
    suggestion === undefined ? { field, kind, message } : { field, kind, message, suggestion };

/** A run cannot start like this. */
export const refuse = problem('refusal');

/** It can, and probably disappoints. */
export const warn = problem('warning');

/** Three significant digits, for showing and suggesting. */
export const tidy = (value: number): number => Number(value.toPrecision(3));
