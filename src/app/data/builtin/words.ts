/** What the settings of a built-in set will make of a training, in a few sentences beside its preview. */
import { colourTells, type Recipe, sharesBackground } from '../../../recipe';

/** What tells the classes, what the background does, what else is in the way. */
export function whatToExpect(recipe: Readonly<Recipe>): string[] {
  return [cuesOf(recipe), backgroundOf(recipe), ...clutterOf(recipe)];
}

function cuesOf(recipe: Readonly<Recipe>): string {
  const { shape_cue, texture_cue, data_classes: classes, hue_spread } = recipe;
  const colour = colourTells(recipe);
  const cues = [shape_cue && 'shape', colour && 'colour', texture_cue && 'pattern'].filter(
    (cue) => cue !== false,
  );
  if (cues.length === 0) {
    return `Nothing tells the ${classes} classes apart: a score above 1 in ${classes} is luck. Worth seeing once.`;
  }
  if (cues.length === 1) return `Only ${cues[0]} tells the ${classes} classes apart. ${alone(cues[0]!)}`;
  const last = cues.pop();
  const weak = colour && hue_spread >= 1 ? ' With such a hue spread, colour tells little.' : '';
  return `${capital(cues.join(', '))} and ${last} tell the ${classes} classes apart; a network takes the easiest first.${weak}`;
}

function alone(cue: string): string {
  if (cue === 'shape') {
    return 'That is the hardest cue without labels: in a short run DINO hardly learns it, and PAWS does with a few labels of each class.';
  }
  if (cue === 'colour') {
    return 'Raw pixels tell it without any network (k-NN 56 % of ten classes at a hue spread of 0.5), and a strong hue jitter takes it away.';
  }
  return 'Raw pixels do not show it (k-NN 14 % of ten classes): what scores more has been learnt. Small crops of the object bear it, whatever their colours.';
}

function backgroundOf(recipe: Readonly<Recipe>): string {
  const { background_tint: tint } = recipe;
  if (!sharesBackground(recipe) || tint >= 1) {
    return 'Each picture has background colours of its own. DINO can know a picture by them and needs no object: expect attention beside it, and a low Jaccard.';
  }
  if (tint > 0) {
    return `Backgrounds lean ${Math.round(100 * tint)} % to colours of their own: the more, the less the network needs the object to know a picture by.`;
  }
  return 'Backgrounds are alike in all pictures, so that only the object tells two of them apart: attention has a reason to land on it.';
}

function clutterOf({ clutter }: Readonly<Recipe>): string[] {
  if (clutter === 0) return [];
  const shapes = clutter === 1 ? 'One small shape lies' : `${clutter} small shapes lie`;
  return [`${shapes} behind each object and in no mask: see whether attention follows them.`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
