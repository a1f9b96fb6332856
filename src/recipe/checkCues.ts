/** Whether anything tells the classes of a built-in set apart, and whether the views leave it to be learnt. */
import { fieldApplies } from './field';
import { type Recipe, recipeFields } from './fields';
import { colourTells } from './fields/builtin';
import { type FieldProblem, warn } from './problem';

/** Turns of the hue, either way, beyond which views of one object have hardly a colour in common. */
const muchHue = 0.2;

/** Warnings only: scores that must stay at chance are worth seeing once, too. */
export function checkCues(recipe: Recipe): FieldProblem[] {
  const { shape_cue, texture_cue, data_classes, hue } = recipe;
  if (recipe.data === 'folder' || shape_cue || texture_cue) return [];
  if (!colourTells(recipe)) {
    const message = `Nothing tells the classes apart: shape, colour and pattern are all off, so every score stays at chance, 1 in ${data_classes}.`;
    return [warn('shape_cue', message, true)];
  }
  if (recipe.jitter_prob > 0 && hue > muchHue && fieldApplies(recipeFields.hue, recipe)) {
    const message = `Only colour tells the classes apart, and views whose hue turns by up to ${hue} teach the network to forget it.`;
    return [warn('hue', message, 0.1)];
  }
  return [];
}
