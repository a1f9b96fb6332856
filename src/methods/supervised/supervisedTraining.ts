/** A supervised run: its network, its step, and what is read from it. */
import * as tf from '@tensorflow/tfjs-core';
import { cropStream, drawCrops, viewGroups } from '../../augmentation';
import { createTrunk } from '../../models/trunk';
import type { Recipe } from '../../recipe';
import type { MethodParts, ParameterSource } from '../capturedTraining';
import { LabelledBatches } from '../labelledBatches';
import type { TrainingImages } from '../method';
import { CONTROLS } from '../paws/pawsControls';
import { RateSchedule } from '../singleNetwork';
import { StepViews } from '../stepViews';
import { labelControls, meanStatistic } from './labelLoss';
import {
  Supervised,
  type SupervisedConfig,
  type SupervisedOutputs,
  supervisedParameters,
} from './supervised';

/** The parts of a supervised run. */
export function supervisedParts(
  recipe: Recipe,
  images: TrainingImages,
  draw: ParameterSource,
): MethodParts<keyof SupervisedOutputs> {
  const trunk = createTrunk(recipe);
  const { batch_size: batch, seed } = recipe;
  const schedule = new RateSchedule(recipe, images.trainIndices.length);
  // A run without labels can still be planned; its first step says what is missing.
  const config: SupervisedConfig = { trunk, classes: Math.max(1, images.labels.classes), optimizer: recipe };
  const supervised = new Supervised(config, draw(supervisedParameters(config)));
  const batches = new LabelledBatches(images, batch, seed);
  const groups = viewGroups(recipe).slice(0, 1);
  const views = new StepViews(
    recipe,
    images.store,
    trunk.dropPathCalls,
    groups.map((group) => ({ group, batch })),
  );
  const rows = groups.reduce((sum, group) => sum + group.views.length * batch, 0);
  return {
    kind: 'supervised',
    trunk,
    plan: schedule.plan,
    networks: new Map([['student', supervised.network.get]]),
    definition: {
      inputs: {
        controls: { shape: [CONTROLS] },
        classes: { shape: [rows] },
        ...views.inputs,
      },
      step: (given) => ({
        ...supervised.step({
          groups: views.make(given),
          classes: given.classes as tf.Tensor,
          controls: given.controls as tf.Tensor,
        }),
      }),
      read: ['statistics', 'norms'],
    },
    inputsAt: (step, live) => {
      const { indices, classes: labels } = batches.at(step);
      const drawn = drawCrops(recipe, cropStream(seed, step), indices, images.store, groups);
      const rates = schedule.at(step, live);
      const controls = labelControls(rates, recipe.label_smoothing);
      const classes = Float32Array.from({ length: rows }, (_, row) => labels[row % batch] as number);
      const { lr, weightDecay } = rates;
      const values = { controls, classes, ...views.valuesAt(step, drawn) };
      return { indices, drawn, values, known: { lr, weightDecay } };
    },
    report: ({ statistics, norms }) => ({
      loss: meanStatistic(statistics as Float32Array, 0),
      gradNorm: Math.hypot(...(norms as Float32Array)),
      batchCorrect: 100 * meanStatistic(statistics as Float32Array, 1),
    }),
    classify: (features) => tf.softmax(supervised.logits(features)),
    *state() {
      for (const { name } of supervised.network.specs) yield { name, tensor: supervised.network.get(name) };
    },
    dispose: () => supervised.dispose(),
  };
}
