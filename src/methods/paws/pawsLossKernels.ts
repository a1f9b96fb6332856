/**
 * The kernels of the PAWS loss (`pawsLoss.ts`): terms of every anchor row and means of the columns, the loss and what a
 * step reports, and the gradient of the scores. `predictions` holds p of all rows, then ρ(p) of all rows.
 */
import { defineRowKernel } from '../../engine/kernels/rowKernel';
import { pawsControl } from './pawsControls';
import { TINY } from './softNeighbours';

/** Targets below this become 0. */
export const TARGET_CUT = 1e-4;

/** Places in `PawsLoss.parts`. Losses are not weighted; shares in percent, −1 where they are unknown. */
export const part = {
  loss: 0,
  pawsLoss: 1,
  /** Entropy of the mean sharpened prediction. */
  meanEntropy: 2,
  /** Mean entropy of the two global views' targets. */
  targetEntropy: 3,
  supportCe: 4,
  supportCorrect: 5,
  /** Targets whose greatest class is the hidden label's. */
  pseudoCorrect: 6,
} as const;
export const PARTS = 7;

/** The target of an anchor row: the other global view's, or for small views the mean of both. */
const declarations = `
fn wanted(row: u32, c: u32) -> f32 {
  let view = row / u.batch;
  let first = (u.rows + u.targets + row % u.batch) * u.classes + c;
  let one = predictions[first];
  let two = predictions[first + u.batch * u.classes];
  let t = select(select(0.5 * (one + two), one, view == 1u), two, view == 0u);
  return select(t, 0.0, t < ${TARGET_CUT});
}`;

/**
 * Rows below `anchors`: the row's cross-entropy, and its target's entropy and whether it is right. Rows from there
 * on: the mean of one column of ρ(p).
 */
export const termsKernel = defineRowKernel({
  name: 'paws_terms',
  reads: ['predictions', 'truth'],
  writes: ['statistics', 'columns'],
  uniforms: ['anchors', 'classes', 'batch', 'rows', 'targets'],
  declarations,
  body: `
  if (row < u.anchors) {
    var cross = 0.0;
    var entropy = 0.0;
    var most = -1.0;
    var winner = 0u;
    for (var c = lane; c < u.classes; c += LANES) {
      let t = wanted(row, c);
      if (t > most) { most = t; winner = c; }
      if (t > 0.0) {
        cross -= t * log(max(predictions[row * u.classes + c], ${TINY}));
        entropy -= t * log(t);
      }
    }
    cross = total(cross);
    entropy = total(entropy);
    let top = greatest(most);
    let first = -greatest(select(-3.4e38, -f32(winner), most == top));
    if (lane == 0u) {
      let right = truth[row % u.batch];
      statistics[row] = cross;
      statistics[u.anchors + row] = entropy;
      statistics[2u * u.anchors + row] = select(select(0.0, 1.0, first == right), -1.0, right < 0.0);
    }
  } else {
    let c = row - u.anchors;
    var sum = 0.0;
    for (var i = lane; i < u.anchors; i += LANES) { sum += predictions[(u.rows + i) * u.classes + c]; }
    sum = total(sum);
    if (lane == 0u) { columns[c] = sum / f32(u.anchors); }
  }`,
});

/** Means over rows, and the loss; one row of work. */
export const lossKernel = defineRowKernel({
  name: 'paws_loss',
  reads: ['statistics', 'columns', 'support', 'controls'],
  writes: ['loss', 'parts'],
  uniforms: ['anchors', 'classes', 'batch', 'supports'],
  body: `
  var cross = 0.0;
  for (var i = lane; i < u.anchors; i += LANES) { cross += statistics[i]; }
  var entropy = 0.0;
  var known = 0.0;
  var right = 0.0;
  for (var i = lane; i < 2u * u.batch; i += LANES) {
    entropy += statistics[u.anchors + i];
    let hit = statistics[2u * u.anchors + i];
    known += select(0.0, 1.0, hit >= 0.0);
    right += max(hit, 0.0);
  }
  var ofMean = 0.0;
  for (var c = lane; c < u.classes; c += LANES) {
    if (columns[c] > 0.0) { ofMean -= columns[c] * log(columns[c]); }
  }
  var labelled = 0.0;
  var correct = 0.0;
  for (var i = lane; i < u.supports; i += LANES) {
    labelled += support[i];
    correct += support[u.supports + i];
  }
  cross = total(cross) / f32(u.anchors);
  entropy = total(entropy) / f32(2u * u.batch);
  ofMean = total(ofMean);
  known = total(known);
  right = total(right);
  let supports = max(f32(u.supports), 1.0);
  labelled = total(labelled) / supports;
  correct = total(correct) / supports;
  if (lane == 0u) {
    let paws = controls[${pawsControl.pawsWeight}] * (cross - controls[${pawsControl.meMaxWeight}] * ofMean);
    let value = paws + controls[${pawsControl.supportCeWeight}] * labelled;
    loss[0] = value;
    parts[${part.loss}] = value;
    parts[${part.pawsLoss}] = cross;
    parts[${part.meanEntropy}] = ofMean;
    parts[${part.targetEntropy}] = entropy;
    parts[${part.supportCe}] = labelled;
    parts[${part.supportCorrect}] = select(-1.0, 100.0 * correct, u.supports > 0u);
    parts[${part.pseudoCorrect}] = select(-1.0, 100.0 * right / max(known, 1.0), known > 0.0);
  }`,
});

/** dL/d scores of an anchor row: from dL/dp, through the labels and the softmax of the votes. */
export const gradientKernel = defineRowKernel({
  name: 'paws_loss_gradient',
  reads: ['predictions', 'weights', 'labels', 'columns', 'controls', 'dy'],
  writes: ['dScores', 'dPredictions'],
  uniforms: ['anchors', 'supports', 'classes', 'batch', 'rows', 'targets'],
  declarations,
  body: `
  let at = row * u.classes;
  let sharp = (u.rows + row) * u.classes;
  let share = dy[0] * controls[${pawsControl.pawsWeight}] / f32(u.anchors);
  let power = controls[${pawsControl.meMaxWeight}] / controls[${pawsControl.sharpen}];
  var mean = 0.0;
  for (var c = lane; c < u.classes; c += LANES) {
    if (columns[c] > 0.0) { mean += (log(columns[c]) + 1.0) * predictions[sharp + c]; }
  }
  mean = total(mean);
  var along = 0.0;
  for (var c = lane; c < u.classes; c += LANES) {
    let p = predictions[at + c];
    var slope = 0.0;
    // Below the smallest p that counts, the logarithm is constant.
    if (p > ${TINY}) {
      slope = -wanted(row, c);
      if (columns[c] > 0.0) { slope += power * predictions[sharp + c] * (log(columns[c]) + 1.0 - mean); }
    }
    // p · dL/dp is what stays finite however small p is.
    along += slope;
    dPredictions[at + c] = select(0.0, share * slope / p, slope != 0.0);
  }
  along = total(along) * share;
  settle();
  let scale = 1.0 / controls[${pawsControl.temperature}];
  let start = row * u.supports;
  for (var s = lane; s < u.supports; s += LANES) {
    var through = 0.0;
    for (var c = 0u; c < u.classes; c++) { through += dPredictions[at + c] * labels[s * u.classes + c]; }
    dScores[start + s] = scale * weights[start + s] * (through - along);
  }`,
});
