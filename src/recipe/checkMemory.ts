/** Whether a run fits the adapter, and what to make smaller if it does not. */
import { estimateCost, type RunFacts } from './cost';
import { type FieldName, type Recipe, recipeFields } from './fields';
import type { FieldProblem } from './problem';

/** Batches below this train badly; rather than go under it, something else is made smaller. */
const smallBatch = 16;

/** Fewest outputs worth suggesting. */
const fewOutputs = 64;

type Sized = 'batch_size' | 'out_dim' | 'depth' | 'local_crops_number' | 'head_hidden_dim';

/** The largest value of one field, no larger than now, with which the recipe fits. Memory grows with each of them. */
function largestThatFits(recipe: Recipe, name: Sized, fits: (candidate: Recipe) => boolean, least: number) {
  let [low, high] = [least, recipe[name]];
  if (high < low || !fits({ ...recipe, [name]: low })) return undefined;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits({ ...recipe, [name]: middle })) low = middle;
    else high = middle - 1;
  }
  return low;
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-GB')} MB`;

/** A refusal when the estimate exceeds the adapter's memory or its largest buffer; nothing when neither is known. */
export function checkMemory(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const { budgetBytes = Infinity, maxBufferBytes = Infinity } = facts;
  const fits = (candidate: Recipe) => {
    const cost = estimateCost(candidate, facts);
    return cost.gpuBytes <= budgetBytes && cost.largestBufferBytes <= maxBufferBytes;
  };
  if (fits(recipe)) return [];
  const cost = estimateCost(recipe, facts);
  const reason =
    cost.gpuBytes > budgetBytes
      ? `This needs about ${megabytes(cost.gpuBytes)} of graphics memory and this adapter is counted on for ${megabytes(budgetBytes)}`
      : `One buffer of this would take ${megabytes(cost.largestBufferBytes)} and the adapter allows ${megabytes(maxBufferBytes)}`;
  const most = largestThatFits(recipe, 'batch_size', fits, 1);
  const batch = most !== undefined && most >= smallBatch ? most - (most % 8) : most;
  const wanted = Math.min(smallBatch, recipe.batch_size);
  const attempts: [Sized, number | undefined][] = [
    ['batch_size', batch !== undefined && batch >= wanted ? batch : undefined],
    ['out_dim', largestThatFits(recipe, 'out_dim', fits, fewOutputs)],
    ['local_crops_number', largestThatFits(recipe, 'local_crops_number', fits, 0)],
    ['batch_size', batch],
    ['depth', recipe.arch === 'vit' ? largestThatFits(recipe, 'depth', fits, 1) : undefined],
    ['head_hidden_dim', largestThatFits(recipe, 'head_hidden_dim', fits, 64)],
  ];
  const [field, suggestion] = attempts.find(([, value]) => value !== undefined) ?? [];
  if (field === undefined || suggestion === undefined) {
    const message = `${reason}. Making one thing smaller is not enough: start from the preset confetti-quick.`;
    return [{ field: largestOf(recipe), kind: 'refusal', message }];
  }
  const label = recipeFields[field].label;
  return [{ field, kind: 'refusal', suggestion, message: `${reason}. It fits with ${label} ${suggestion}.` }];
}

/** The size that weighs most, to be named when no single change helps. */
function largestOf(recipe: Recipe): FieldName {
  if (recipe.out_dim > 4096) return 'out_dim';
  return recipe.arch === 'vit' ? 'embed_dim' : 'cnn_width';
}
