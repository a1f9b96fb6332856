/** Who knows what about which picture: labels, budgets, support batches, label files. Read by every floor. */
export {
  createLabelling,
  effectiveTruth,
  type Labelling,
  labelCounts,
  maxClasses,
  maxClassNameLength,
  noClass,
  type RunLabels,
  runLabels,
  withGiven,
} from './labelling';
