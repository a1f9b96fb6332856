/** A DINO run: its networks, its step, and what is read from them. */
import { scoped } from '../../models/parameters';
import { createTrunk } from '../../models/trunk';
import type { Recipe } from '../../recipe';
import { type MethodParts, type ParameterSource, readAnswers } from '../capturedTraining';
import type { StepReport, TrainingImages } from '../method';
import { Dino, type DinoOutputs, dinoParameters } from './dino';
import { DinoSchedules } from './dinoSchedules';
import { DinoStep } from './dinoStep';

/** The parts of a DINO run. */
export function dinoParts(
  recipe: Recipe,
  images: TrainingImages,
  draw: ParameterSource,
): MethodParts<keyof DinoOutputs> {
  const trunk = createTrunk(recipe);
  const schedules = new DinoSchedules(recipe, images.trainIndices.length);
  const head = {
    inDim: trunk.featureDim,
    outDim: recipe.out_dim,
    hiddenDim: recipe.head_hidden_dim,
    bottleneckDim: recipe.head_bottleneck_dim,
    nLayers: recipe.head_nlayers,
    useBatchNorm: recipe.use_bn_in_head,
    normLastLayer: recipe.norm_last_layer,
  };
  const specs = dinoParameters(trunk, head, recipe.init);
  const config = {
    trunk,
    head,
    batch: recipe.batch_size,
    views: 2 + recipe.local_crops_number,
    optimizer: recipe.optimizer,
  };
  const dino = new Dino(config, specs, draw(specs));
  const step = new DinoStep(recipe, images.store, trunk.dropPathCalls, dino);
  return {
    kind: 'dino',
    trunk,
    plan: schedules.plan,
    networks: new Map([
      ['student', scoped(dino.student.get, 'backbone.')],
      ['teacher', scoped(dino.teacher.get, 'backbone.')],
    ]),
    definition: step.definition,
    inputsAt: (number, live) => step.inputsAt(number, images.batchAt(number), schedules.at(number, live)),
    report: ({ metrics }) => reportOf(metrics as Float32Array),
    answers: ({ terms, teacher, student }) => readAnswers(terms, teacher, student),
    *state() {
      for (const [prefix, network] of [
        ['student.', dino.student],
        ['teacher.', dino.teacher],
      ] as const) {
        for (const { name } of network.specs) yield { name: prefix + name, tensor: network.get(name) };
      }
      yield { name: 'dino_loss.center', tensor: dino.center };
    },
    dispose: () => dino.dispose(),
  };
}

function reportOf(metrics: Float32Array): StepReport {
  const [loss, teacherEntropy, meanTeacherEntropy, squaredNorm] = metrics as unknown as [
    number,
    number,
    number,
    number,
  ];
  return {
    loss,
    teacherEntropy,
    meanTeacherEntropy,
    kl: loss - teacherEntropy,
    gradNorm: Math.sqrt(squaredNorm),
  };
}
