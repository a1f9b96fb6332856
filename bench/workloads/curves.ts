/** The DINO steps of the scaling curves. */
import { base, curves, type Point } from './curveSizes';
import type { DinoProblem } from './problem';
import { vitDino } from './steps';

function step(name: string, { batch, side, depth }: Point): DinoProblem {
  return vitDino(
    name,
    { embedDim: 96, depth, numHeads: 4 },
    { head: { hiddenDim: 256, bottleneckDim: 64, outDim: 128 }, batch, side, locals: 2 },
  );
}

/** Makes the step at each point. */
export const curveProblems: Readonly<Record<string, () => DinoProblem>> = Object.fromEntries(
  curves.flatMap(({ size, points }) =>
    points.map(({ name, value }) => [name, () => step(name, { ...base, [size]: value })]),
  ),
);
