/**
 * Who knows what about which picture: labels, budgets, support batches, checks. Read by every floor. Label files
 * are in `csv.ts`, which is imported by its own name to keep its parser out of what does not need it.
 */
export { type BudgetReport, describeBudget, drawBudget } from './budget';
export { checkLabels } from './checkLabels';
export { maxClassNameLength, shortened } from './classNames';
export type { LabelEdit } from './edits';
export {
  edit,
  type LabelHistory,
  record,
  redo,
  redoWords,
  startHistory,
  undo,
  undoWords,
} from './labelHistory';
export {
  createLabelling,
  effectiveTruth,
  type Labelling,
  labelCounts,
  noClass,
  type RunLabels,
  runLabels,
  withGiven,
} from './labelling';
export {
  createSupportSampler,
  type SupportBatch,
  type SupportRequest,
  type SupportSampler,
} from './supportSampler';
