/**
 * What the views of a step were asked and said, for showing: read off the step's predictions on the CPU.
 */
import type { Answers } from '../method';
import { TARGET_CUT } from './pawsLossKernels';
import { TINY } from './softNeighbours';

export interface PredictionShape {
  /** V, the two global views first. */
  views: number;
  batch: number;
  classes: number;
}

/**
 * @param predictions [2, R, C] as `pawsLoss` gives them. Where R is more than the V·B anchor rows, targets come
 * from the rows behind them.
 */
export function answersOf(predictions: Float32Array, { views, batch, classes }: PredictionShape): Answers {
  const rows = predictions.length / classes / 2;
  const targetsFrom = rows > views * batch ? views * batch : 0;
  const row = (kind: 0 | 1, at: number) => {
    const start = (kind * rows + at) * classes;
    return predictions.subarray(start, start + classes);
  };
  const target = (view: number, image: number) =>
    row(1, targetsFrom + view * batch + image).map((t) => (t < TARGET_CUT ? 0 : t));
  const terms = new Float32Array(2 * views);
  for (let t = 0; t < 2; t++) {
    for (let image = 0; image < batch; image++) {
      const wanted = target(t, image);
      for (let v = 0; v < views; v++) {
        // A view is never told what it said itself.
        if (v === t) continue;
        const said = row(0, v * batch + image);
        let cross = 0;
        for (let c = 0; c < classes; c++) cross -= wanted[c]! * Math.log(Math.max(said[c]!, TINY));
        terms[t * views + v]! += cross / batch;
      }
    }
  }
  const stack = (count: number, of: (i: number) => Float32Array) => {
    const all = new Float32Array(count * classes);
    for (let i = 0; i < count; i++) all.set(of(i), i * classes);
    return all;
  };
  return {
    terms,
    targets: stack(2, (view) => target(view, 0)),
    predictions: stack(views, (view) => row(0, view * batch)),
  };
}
