/** Recipes as files: `{"pawsaur": 1, "preset": …, "recipe": …}`. */

import { fromFile, toFile } from '../../recipe';
import { ensureData } from '../store/actions';
import { download, fileNameOf } from '../store/download';
import { tell, warn } from '../store/notify';
import { isUnderWay, useRun } from '../store/run';
import { takeSetup, useSetup } from '../store/setup';

/** Reads a recipe file into the form; what of it cannot be used is listed in a notice. */
export async function takeRecipeFile(file: File): Promise<void> {
  if (isUnderWay(useRun.getState().run)) {
    warn('A run is under way', 'Stop it, then open the recipe again.');
    return;
  }
  const named = fromFile(await file.text());
  takeSetup(named, 'file');
  if (named.problems.length === 0) tell('Recipe opened', file.name);
  await ensureData();
}

/** Saves the recipe in the form. */
export function saveRecipeFile(): void {
  const { recipe, preset } = useSetup.getState();
  download(fileNameOf('pawsaur', preset, 'recipe.json'), 'application/json', toFile(recipe, preset));
}
