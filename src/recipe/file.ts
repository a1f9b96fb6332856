/** A recipe as a JSON file: `{"pawsaur": 1, "preset": "confetti-quick", "recipe": {…}}`, every field written. */
import { buildRecipe, type Recipe } from './fields';
import { describeValue, parseRecipe } from './parse';
import { type NamedRecipe, unknownPreset } from './permalink';
import { defaultPreset, findPreset } from './presets';

/** Version of the file format. */
const fileVersion = 1;

/** Longest file that is read at all, in characters; a written one has about 2,000. */
const maxFileLength = 256 * 1024;

/** The text of a recipe file. */
export function toFile(recipe: Readonly<Recipe>, preset: string): string {
  const ordered = buildRecipe((name) => recipe[name]);
  return `${JSON.stringify({ pawsaur: fileVersion, preset, recipe: ordered }, null, 2)}\n`;
}

/**
 * Reads a recipe file. Never throws: bad fields are listed and keep the preset's value; a file that is not a
 * recipe file at all gives the default preset and one problem.
 */
export function fromFile(text: string): NamedRecipe {
  const refuse = (message: string): NamedRecipe => ({
    recipe: { ...defaultPreset.recipe },
    preset: defaultPreset.name,
    problems: [{ field: 'recipe', kind: 'ignored', message }],
  });
  if (text.length > maxFileLength) {
    return refuse(
      `This file is ${Math.ceil(text.length / 1024)} kB long; a recipe file is a few. Nothing of it was used.`,
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return refuse('This file is not valid JSON, so nothing of it was used.');
  }
  if (typeof content !== 'object' || content === null || !('pawsaur' in content) || !('recipe' in content)) {
    return refuse(
      'This is not a Pawsaur recipe: it lacks the "pawsaur" version or the "recipe". Nothing of it was used.',
    );
  }
  if (content.pawsaur !== fileVersion) {
    return refuse(
      `This recipe is of format ${describeValue(content.pawsaur)} and this Pawsaur reads format ${fileVersion}, so nothing of it was used.`,
    );
  }
  const given = 'preset' in content ? content.preset : defaultPreset.name;
  const preset = typeof given === 'string' ? findPreset(given) : undefined;
  const parsed = parseRecipe(content.recipe, (preset ?? defaultPreset).recipe);
  return {
    recipe: parsed.recipe,
    preset: (preset ?? defaultPreset).name,
    problems: preset
      ? parsed.problems
      : [unknownPreset(typeof given === 'string' ? given : describeValue(given)), ...parsed.problems],
  };
}
