/**
 * The recipes of the methods that a label budget compares: from one recipe, the same pictures, trunk, views, batches,
 * steps and seeds. What belongs to a method alone comes from its presets.
 */

import { type FieldName, fieldNames, findPreset, type Recipe, recipeFields } from '../../recipe';

/** The methods compared: PAWS, its baseline, and features learnt without labels. */
export const budgetMethods = ['paws', 'supervised', 'dino'] as const;
export type BudgetMethod = (typeof budgetMethods)[number];

/** Fields that all methods share, group by group; of the optimiser, only the length of the run. */
const sharedGroups = ['data', 'labels', 'model', 'crops', 'colour', 'run'];
const sharedFields: readonly FieldName[] = ['epochs', 'steps_per_epoch', 'warmup_epochs', 'batch_size'];

/** The recipe of `method` that is fair beside `base`. */
export function recipeFor(method: BudgetMethod, base: Recipe): Recipe {
  if (base.method === method) return base;
  // They optimise alike, and a baseline has nothing of its own.
  if (base.method === 'paws' && method === 'supervised') return { ...base, method };
  const own = ownRecipe(method, base);
  if (base.method === 'supervised' && method === 'paws') {
    return { ...base, ...fieldsOf(own, ({ group }) => group === 'votes' || group === 'head'), method };
  }
  const shared = fieldsOf(base, ({ group }, name) => isShared(group, name));
  const recipe = { ...own, ...shared, method };
  if (method !== 'dino') return recipe;
  return {
    ...recipe,
    init: own.init,
    // DINO's rate is for batches of 256; the same peak for another batch.
    lr: (own.lr * own.batch_size) / base.batch_size,
    freeze_last_layer: (own.freeze_last_layer / own.epochs) * base.epochs,
    warmup_teacher_temp_epochs: (own.warmup_teacher_temp_epochs / own.epochs) * base.epochs,
  };
}

/** The preset that is nearest to `base`, for what it cannot tell. */
function ownRecipe(method: BudgetMethod, { data, arch }: Recipe): Readonly<Recipe> {
  const photos = data === 'folder';
  const name = {
    paws: photos ? 'photos-paws-quick' : 'grey-paws-quick',
    supervised: 'supervised-quick',
    dino: arch === 'vit' ? 'confetti-quick' : 'photos-quick',
  }[method];
  return findPreset(name)!.recipe;
}

function isShared(group: string, name: FieldName): boolean {
  return sharedGroups.includes(group) || sharedFields.includes(name);
}

function fieldsOf(
  recipe: Readonly<Recipe>,
  wanted: (spec: (typeof recipeFields)[FieldName], name: FieldName) => boolean,
): Partial<Recipe> {
  const names = fieldNames.filter((name) => wanted(recipeFields[name], name));
  return Object.fromEntries(names.map((name) => [name, recipe[name]]));
}
