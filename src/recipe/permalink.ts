/**
 * A recipe as the fragment of a web address: `#preset=confetti-quick&hue=0.5`. Only what differs from the
 * preset is written, in plain text that a person can read and edit.
 */
import type { FieldSpec } from './field';
import { fieldNames, isFieldName, type Recipe, recipeFields } from './fields';
import { type ParsedRecipe, parseEntries, shorten } from './parse';
import { defaultPreset, findPreset } from './presets';
import type { FieldProblem } from './problem';

/** Longest fragment that is read at all, in characters. */
const maxPermalinkLength = 8192;

/** A recipe that came with the preset it was derived from. */
export interface NamedRecipe extends ParsedRecipe {
  /** Name of a preset that exists. */
  preset: string;
}

/** The fragment, with its `#`, that restores `recipe` exactly; an unknown preset counts as the default one. */
export function encodePermalink(recipe: Readonly<Recipe>, preset: string): string {
  const base = findPreset(preset) ?? defaultPreset;
  // String(number) is the shortest decimal that reads back as the same number.
  const changed = fieldNames.filter((name) => recipe[name] !== base.recipe[name]);
  return `#${[['preset', base.name], ...changed.map((name) => [name, String(recipe[name])])]
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')}`;
}

/** Text to the type its field wants; text that is not of that type is passed on for the schema to refuse. */
function readText(spec: FieldSpec, text: string): unknown {
  if (spec.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (spec.kind === 'choice') return spec.options.find((option) => String(option) === text) ?? text;
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function decodeText(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/**
 * Reads a fragment, with or without its `#`. Never throws: unknown names, wrong types and values out of range
 * are listed and the preset's value stays; a fragment over 8 kB is refused whole.
 */
export function decodePermalink(hash: string): NamedRecipe {
  const text = hash.startsWith('#') ? hash.slice(1) : hash;
  const refuse = (message: string): NamedRecipe => ({
    recipe: { ...defaultPreset.recipe },
    preset: defaultPreset.name,
    problems: [{ field: 'recipe', kind: 'ignored', message }],
  });
  if (text.length > maxPermalinkLength) {
    return refuse(
      `This link is ${Math.ceil(text.length / 1024)} kB long and a set-up needs less than 8, so nothing of it was used.`,
    );
  }
  const problems: FieldProblem[] = [];
  const entries: [string, unknown][] = [];
  let preset: string | undefined;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const [rawName, ...rest] = pair.split('=');
    const name = decodeText(rawName);
    const value = decodeText(rest.join('='));
    if (name === null || value === null) {
      const given = shorten(pair);
      const message = `'${given}' is not written as a web address should be; it was left out.`;
      problems.push({ field: shorten(rawName), kind: 'ignored', given, message });
    } else if (name === 'preset' && preset === undefined) preset = value;
    else entries.push([name, isFieldName(name) ? readText(recipeFields[name], value) : value]);
  }
  const base = findPreset(preset ?? defaultPreset.name);
  if (base === undefined) problems.push(unknownPreset(preset ?? ''));
  const { name, recipe } = base ?? defaultPreset;
  const parsed = parseEntries(entries, recipe);
  return { recipe: parsed.recipe, preset: name, problems: [...problems, ...parsed.problems] };
}

/** The problem that a name is no preset. */
export function unknownPreset(name: string): FieldProblem {
  return {
    field: 'preset',
    kind: 'ignored',
    given: shorten(name),
    suggestion: defaultPreset.name,
    message: `There is no preset called '${shorten(name)}'; ${defaultPreset.name} was taken instead.`,
  };
}
