/**
 * A PAWS step as the engine captures it: its inputs, which are all that changes from step to step, and the function
 * from them to the step's outputs. Who votes, and for what, is an input like the crops: labels may change while the
 * run goes on.
 */
import type * as tf from '@tensorflow/tfjs-core';
import {
  cropStream,
  type DrawnCrops,
  drawCrops,
  supportCropStream,
  supportGroup,
  type ViewGroup,
  viewGroups,
} from '../../augmentation';
import type { StepDefinition } from '../../engine';
import type { Recipe } from '../../recipe';
import type { StepInputs } from '../capturedTraining';
import type { TrainingImages } from '../method';
import { StepViews } from '../stepViews';
import { labelsMatrix } from './labelsMatrix';
import type { Paws, PawsOutputs } from './paws';
import { CONTROLS, controlVector, type PawsControls } from './pawsControls';
import type { LiveSupport, Support } from './support';

/** Who votes in a step: the pictures, their crops, and the scalars that decide how votes count. */
export interface Voters extends Support, Pick<PawsControls, 'temperature' | 'sharpen'> {
  /** [views × rows] crops of the support. */
  crops: DrawnCrops;
}

export class PawsStep {
  readonly definition: StepDefinition<string, keyof PawsOutputs>;
  private readonly views: StepViews;
  private readonly voterGroup: ViewGroup;

  /** @param dropPathCalls rows of uniform draws that the trunk needs; 0 for none */
  constructor(
    private readonly recipe: Recipe,
    private readonly images: TrainingImages,
    private readonly support: LiveSupport,
    dropPathCalls: number,
    paws: Paws,
  ) {
    this.voterGroup = supportGroup(recipe, recipe.supervised_views);
    const unlabelled = viewGroups(recipe).map((group) => ({ group, batch: recipe.batch_size }));
    const sources = [{ group: this.voterGroup, batch: support.rows }, ...unlabelled];
    this.views = new StepViews(recipe, images.store, dropPathCalls, sources);
    const rows = support.rows * recipe.supervised_views;
    this.definition = {
      inputs: {
        controls: { shape: [CONTROLS] },
        labels: { shape: [rows, support.width] },
        truth: { shape: [recipe.batch_size] },
        'support classes': { shape: [rows] },
        ...this.views.inputs,
      },
      step: (given) => ({
        ...paws.step({
          groups: this.views.make(given),
          controls: given.controls as tf.Tensor,
          labels: given.labels as tf.Tensor,
          truth: given.truth as tf.Tensor,
          supportClasses: given['support classes'] as tf.Tensor,
        }),
      }),
      read: ['parts', 'norms'],
    };
  }

  /** Who votes in step number `step`, by the labels as they are now. */
  votersAt(step: number, { temperature, sharpen }: Pick<PawsControls, 'temperature' | 'sharpen'>): Voters {
    const { recipe, images } = this;
    const support = this.support.at(step);
    const rng = supportCropStream(recipe.seed, step);
    const [crops] = drawCrops(recipe, rng, support.indices, images.store, [this.voterGroup]);
    return { ...support, temperature, sharpen, crops: crops as DrawnCrops };
  }

  /** All that goes into step number `step`: a function of it, the recipe's seed, the scalars and who votes. */
  inputsAt(step: number, indices: Int32Array, scalars: PawsControls, voters: Voters): StepInputs {
    const { recipe, images } = this;
    const { classes, columns } = voters;
    const drawn = drawCrops(recipe, cropStream(recipe.seed, step), indices, images.store);
    const views = Array.from({ length: recipe.supervised_views }, () => [...columns]).flat();
    const { truth, given } = images.labels;
    const values = {
      controls: controlVector(scalars),
      labels: labelsMatrix(views, this.support.width, recipe.label_smoothing),
      // A label that was given is no hidden one: its picture may be among those that vote.
      truth: Float32Array.from(indices, (index) =>
        given[index]! >= 0 ? -1 : classes.indexOf(truth[index]!),
      ),
      'support classes': Float32Array.from(views, (column) => classes[column]!),
      ...this.views.valuesAt(step, [voters.crops, ...drawn]),
    };
    const { lr, weightDecay, pawsWeight } = scalars;
    return { indices, drawn, values, known: { lr, weightDecay, pawsWeight } };
  }
}
