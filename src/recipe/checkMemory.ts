/** Whether a run fits the adapter, and what to make smaller if it does not. */
import { estimateCost, type RunCost, type RunFacts } from './cost';
import { fieldApplies } from './field';
import { type FieldName, type Recipe, recipeFields } from './fields';
import type { FieldProblem } from './problem';

/** Batches below this train badly; rather than go under it, something else is made smaller. */
const smallBatch = 16;

/** Fewest outputs worth suggesting. */
const fewOutputs = 64;

type Sized =
  | 'batch_size'
  | 'supervised_imgs_per_class'
  | 'out_dim'
  | 'nmb_prototypes'
  | 'depth'
  | 'local_crops_number'
  | 'head_hidden_dim';
type Cost = Pick<RunCost, 'gpuBytes' | 'largestBufferBytes' | 'planned'>;
/** A search that asks for the cost of one recipe after the other, so that whoever drives it may take a pause. */
export type CostSearch<T> = Generator<Recipe, T, Cost>;

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-GB')} MB`;

/** A refusal when a run exceeds the adapter's memory or its largest buffer; nothing when neither is known. */
export function checkMemory(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const search = searchMemory(recipe, facts);
  let next = search.next();
  while (!next.done) next = search.next(estimateCost(next.value, facts));
  return next.value;
}

/** `checkMemory` step by step: yields the recipes whose costs it wants, that of `recipe` first. */
export function* searchMemory(
  recipe: Recipe,
  { budgetBytes = Infinity, maxBufferBytes = Infinity }: RunFacts,
): CostSearch<FieldProblem[]> {
  const isSmall = ({ gpuBytes, largestBufferBytes }: Cost) =>
    gpuBytes <= budgetBytes && largestBufferBytes <= maxBufferBytes;
  const cost = yield recipe;
  if (isSmall(cost)) return [];

  function* fits(name: Sized, value: number): CostSearch<boolean> {
    return isSmall(yield { ...recipe, [name]: value });
  }
  /** The largest value of one field, no larger than now, with which the recipe fits: memory grows with each. */
  function* largestThatFits(name: Sized, least: number): CostSearch<number | undefined> {
    let [low, high] = [least, recipe[name]];
    if (!fieldApplies(recipeFields[name], recipe)) return undefined;
    if (high < low || !(yield* fits(name, low))) return undefined;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (yield* fits(name, middle)) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  function* suggest(): CostSearch<[Sized, number] | undefined> {
    const most = yield* largestThatFits('batch_size', 1);
    // Multiples of eight, where that is no great loss.
    const round = most !== undefined && most >= smallBatch ? most - (most % 8) : most;
    const batch = round === most || (round && (yield* fits('batch_size', round))) ? round : most;
    if (batch !== undefined && batch >= Math.min(smallBatch, recipe.batch_size)) return ['batch_size', batch];
    const others: [Sized, number][] = [
      ['out_dim', fewOutputs],
      ['nmb_prototypes', fewOutputs],
      ['local_crops_number', 0],
      ['supervised_imgs_per_class', 1],
    ];
    const last: [Sized, number][] = [['head_hidden_dim', 64]];
    if (recipe.arch === 'vit') last.unshift(['depth', 1]);
    for (const [name, least] of others) {
      const value = yield* largestThatFits(name, least);
      if (value !== undefined) return [name, value];
    }
    if (batch !== undefined) return ['batch_size', batch];
    for (const [name, least] of last) {
      const value = yield* largestThatFits(name, least);
      if (value !== undefined) return [name, value];
    }
    return undefined;
  }

  const about = cost.planned ? '' : 'about ';
  const reason =
    cost.gpuBytes > budgetBytes
      ? `This needs ${about}${megabytes(cost.gpuBytes)} of graphics memory and this adapter is counted on for ${megabytes(budgetBytes)}`
      : `One buffer of this would take ${about}${megabytes(cost.largestBufferBytes)} and the adapter allows ${megabytes(maxBufferBytes)}`;
  const found = yield* suggest();
  if (found === undefined) {
    const message = `${reason}. Making one thing smaller is not enough: start from the preset confetti-quick.`;
    return [{ field: largestOf(recipe), kind: 'refusal', message }];
  }
  const [field, suggestion] = found;
  const label = recipeFields[field].label;
  return [{ field, kind: 'refusal', suggestion, message: `${reason}. It fits with ${label} ${suggestion}.` }];
}

/** The size that weighs most, to be named when no single change helps. */
function largestOf(recipe: Recipe): FieldName {
  if (recipe.method === 'dino' && recipe.out_dim > 4096) return 'out_dim';
  const widths = {
    vit: 'embed_dim',
    cnn: 'cnn_width',
    resnet: 'resnet_width',
    wide_resnet: 'wrn_widen',
  } as const;
  return widths[recipe.arch];
}
