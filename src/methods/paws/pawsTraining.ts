/** A PAWS run: its network, its step, and what is read from them. */
import * as tf from '@tensorflow/tfjs-core';
import { readBack } from '../../engine';
import { pawsHeadParameters, pawsPrediction, pawsProjection } from '../../models/pawsHead';
import { createTrunk } from '../../models/trunk';
import type { Recipe } from '../../recipe';
import type { MethodParts, ParameterSource } from '../capturedTraining';
import type { StepReport, TrainingImages } from '../method';
import { answersOf } from './answers';
import { castBallots } from './ballots';
import { Paws, type PawsOutputs, pawsParameters } from './paws';
import { pawsControl } from './pawsControls';
import { part } from './pawsLossKernels';
import { PawsSchedules } from './pawsSchedules';
import { PawsStep, type Voters } from './pawsStep';
import { LiveSupport } from './support';

/** The parts of a PAWS run. */
export function pawsParts(
  recipe: Recipe,
  images: TrainingImages,
  draw: ParameterSource,
): MethodParts<keyof PawsOutputs> {
  const trunk = createTrunk(recipe);
  const schedules = new PawsSchedules(recipe, images.trainIndices.length);
  const head = {
    inDim: trunk.featureDim,
    hiddenDim: recipe.head_hidden_dim,
    outDim: recipe.output_dim,
    usePredHead: recipe.use_pred_head,
  };
  const views = 2 + recipe.local_crops_number;
  const { classes } = images.labels;
  // Without weight the label loss is no part of the step at all.
  const classifier = recipe.support_ce_weight > 0 ? classes : 0;
  const config = { trunk, head, views, classifier, optimizer: recipe };
  const paws = new Paws(config, draw(pawsParameters(config)));
  const read = paws.network.get;
  const support = new LiveSupport(recipe, images);
  const step = new PawsStep(recipe, images, support, trunk.dropPathCalls, paws);
  let latest: Voters | null = null;
  return {
    kind: 'paws',
    trunk,
    plan: schedules.plan,
    networks: new Map([['student', read]]),
    definition: step.definition,
    inputsAt(number, live) {
      const scalars = schedules.at(number, live);
      latest = step.votersAt(number, scalars);
      return step.inputsAt(number, images.batchAt(number), scalars, latest);
    },
    report: ({ parts, norms }, { values }) =>
      reportOf(parts as Float32Array, norms as Float32Array, values.controls as Float32Array),
    answers: async ({ predictions }) =>
      answersOf(await readBack(predictions), { views, batch: recipe.batch_size, classes: support.width }),
    embed: (features) => pawsProjection(read, features, { mode: 'eval' }),
    projection: {
      parameters: pawsHeadParameters({ ...head, usePredHead: false }),
      read,
      forward: (own, features) => pawsProjection(own, features, { mode: 'eval' }),
    },
    ...(classifier > 0 ? { classify: (features) => tf.softmax(paws.classify(features)) } : {}),
    ballots: (indices, _, show) =>
      castBallots({ recipe, images, trunk, read }, latest ?? step.votersAt(0, recipe), indices, show),
    calibrateHead(features, _, batchNormMomentum) {
      const h = pawsProjection(read, features, { mode: 'train', batchNormMomentum });
      if (head.usePredHead) pawsPrediction(read, h, { mode: 'train', batchNormMomentum });
    },
    *state() {
      for (const { name } of paws.network.specs) yield { name, tensor: read(name) };
    },
    dispose: () => paws.dispose(),
  };
}

function reportOf(parts: Float32Array, norms: Float32Array, controls: Float32Array): StepReport {
  const numberOf = (place: number) => parts[place] as number;
  const shareOf = (place: number) => (numberOf(place) < 0 ? Number.NaN : numberOf(place));
  const meanEntropy = numberOf(part.meanEntropy);
  return {
    loss: numberOf(part.loss),
    gradNorm: Math.hypot(...norms),
    pawsLoss: numberOf(part.pawsLoss),
    meMaxLoss: 0 - (controls[pawsControl.meMaxWeight] as number) * meanEntropy,
    meanEntropy,
    targetEntropy: numberOf(part.targetEntropy),
    supportCe: numberOf(part.supportCe),
    supportCorrect: shareOf(part.supportCorrect),
    pseudoCorrect: shareOf(part.pseudoCorrect),
  };
}
