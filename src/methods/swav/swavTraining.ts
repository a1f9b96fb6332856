/** A SwAV run: its network, its step, and what is read from it. */
import type * as tf from '@tensorflow/tfjs-core';
import { cropStream, drawCrops, viewGroups } from '../../augmentation';
import { createTrunk } from '../../models/trunk';
import type { Recipe } from '../../recipe';
import { type MethodParts, type ParameterSource, readAnswers } from '../capturedTraining';
import type { StepReport, TrainingImages } from '../method';
import { RateSchedule } from '../singleNetwork';
import { StepViews } from '../stepViews';
import { Swav, type SwavConfig, type SwavOutputs, swavParameters } from './swav';
import { CONTROLS, controlVector } from './swavControls';
import { swavHeadForward, swavHeadParameters } from './swavHead';

/** The parts of a SwAV run. */
export function swavParts(
  recipe: Recipe,
  images: TrainingImages,
  draw: ParameterSource,
): MethodParts<keyof SwavOutputs> {
  const trunk = createTrunk(recipe);
  const { batch_size: batch, epsilon } = recipe;
  const schedule = new RateSchedule(recipe, images.trainIndices.length);
  const config: SwavConfig = {
    trunk,
    head: { inDim: trunk.featureDim, hiddenDim: recipe.head_hidden_dim, outDim: recipe.output_dim },
    prototypes: recipe.nmb_prototypes,
    queueLength: recipe.queue_length,
    iterations: recipe.sinkhorn_iterations,
    batch,
    views: 2 + recipe.local_crops_number,
    optimizer: recipe,
  };
  const swav = new Swav(config, draw(swavParameters(config)));
  const sources = viewGroups(recipe).map((group) => ({ group, batch }));
  const views = new StepViews(recipe, images.store, trunk.dropPathCalls, sources);
  const queueFrom = queueStart(recipe, schedule.plan.stepsPerEpoch);
  return {
    kind: 'swav',
    trunk,
    plan: schedule.plan,
    networks: new Map([['student', swav.backbone]]),
    definition: {
      inputs: { controls: { shape: [CONTROLS] }, ...views.inputs },
      step: (given) => ({
        ...swav.step({ groups: views.make(given), controls: given.controls as tf.Tensor }),
      }),
      read: ['metrics'],
    },
    inputsAt: (step, live) => {
      const indices = images.batchAt(step);
      const drawn = drawCrops(recipe, cropStream(recipe.seed, step), indices, images.store);
      const rates = schedule.at(step, live);
      const useQueue = step >= queueFrom;
      const controls = controlVector({ ...rates, epsilon, temperature: live.temperature, useQueue });
      const { lr, weightDecay } = rates;
      return {
        indices,
        drawn,
        values: { controls, ...views.valuesAt(step, drawn) },
        known: { lr, weightDecay },
      };
    },
    report: ({ metrics }) => reportOf(metrics as Float32Array),
    answers: ({ terms, targets, predictions }) => readAnswers(terms, targets, predictions),
    embed: (features) => swav.project(features, 'eval'),
    projection: {
      parameters: swavHeadParameters(config.head),
      read: swav.head,
      forward: (read, features) => swavHeadForward(read, features, { mode: 'eval' }),
    },
    calibrateHead: (features, _, momentum) => {
      swav.project(features, 'train', momentum);
    },
    *state() {
      for (const { name } of swav.network.specs) yield { name, tensor: swav.network.get(name) };
    },
    dispose: () => swav.dispose(),
  };
}

/** The first step with a queue: not before it is full, since places that nothing was put in would be embeddings of 0. */
function queueStart(recipe: Recipe, stepsPerEpoch: number): number {
  const { queue_length, batch_size, epoch_queue_starts } = recipe;
  const full = Math.ceil(queue_length / batch_size);
  return Math.max(full, Math.ceil(Number((epoch_queue_starts * stepsPerEpoch).toFixed(6))));
}

function reportOf(metrics: Float32Array): StepReport {
  const [loss, assignmentEntropy, meanAssignmentEntropy, squaredNorm] = metrics as unknown as [
    number,
    number,
    number,
    number,
  ];
  return {
    loss,
    assignmentEntropy,
    meanAssignmentEntropy,
    kl: loss - assignmentEntropy,
    gradNorm: Math.sqrt(squaredNorm),
  };
}
