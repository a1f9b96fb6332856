import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePermalink, findPreset, toFile } from '../src/recipe';
import { readArguments } from './headless/arguments';

const quick = findPreset('confetti-quick')!.recipe;
let folder = '';
let file = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pawsaur-'));
  file = join(folder, 'recipe.json');
  writeFileSync(file, toFile({ ...quick, lr: 0.004, momentum_teacher: 0.5 }, 'confetti-quick'));
  writeFileSync(join(folder, 'broken.json'), '{"pawsaur": 1');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('readArguments', () => {
  it('takes the preset that suits the data when no recipe is named', () => {
    expect(readArguments(['--data', 'grey'])).toMatchObject({
      preset: 'confetti-quick',
      data: { builtin: 'grey' },
      recipe: { arch: 'vit', data: 'grey' },
      steps: null,
      json: null,
      quiet: false,
    });
    expect(readArguments(['--data', file])).toMatchObject({ data: { path: file } });
    expect(readArguments(['--data', folder])).toMatchObject({
      preset: 'photos-quick',
      data: { path: folder },
      recipe: { arch: 'cnn', data: 'folder' },
    });
  });

  it('reads a recipe file, and changes fields of it', () => {
    const options = readArguments([
      '--recipe',
      file,
      '--seed',
      '7',
      '--set',
      'lr=2e-3',
      '--set=conv_stem=true',
    ])!;
    expect(options.recipe).toEqual({ ...quick, lr: 0.002, momentum_teacher: 0.5, seed: 7, conv_stem: true });
    expect(options.data).toEqual({ builtin: 'confetti' });
  });

  it('reads a permalink, bare or as a whole address', () => {
    const link = encodePermalink({ ...quick, hue: 0.5 }, 'confetti-quick');
    for (const given of [link, link.slice(1), `https://example.org/pawsaur/${link}`]) {
      expect(readArguments(['--recipe', given])!.recipe).toEqual({ ...quick, hue: 0.5 });
    }
  });

  it('puts a preset in the place of the recipe', () => {
    const options = readArguments(['--recipe', file, '--preset', 'photos-quick', '--data', folder])!;
    expect(options).toMatchObject({ preset: 'photos-quick', recipe: { momentum_teacher: 0.97 } });
  });

  it('answers --help with nothing to do', () => {
    expect(readArguments(['--help'])).toBeNull();
  });

  it.each([
    [['--steps', '0'], /--steps wants a whole number from 1 up, not “0”/],
    [['--steps', '1e3'], /--steps wants a whole number/],
    [['--seed', '-1'], /--seed/],
    [['--data', '/nowhere/at/all'], /neither a folder or file that exists nor one of confetti, grey, noise/],
    [['--preset', 'best'], /no preset “best”.*confetti-quick/],
    [['--preset', 'photos-quick'], /name a folder or an archive with --data/],
    [['--recipe', 'missing.json'], /neither a file that exists nor a permalink/],
    [['--set', 'lr'], /--set wants FIELD=VALUE, not “lr”/],
    [['--set', 'lr=fast'], /lr must be/],
    [['--set', '__proto__=1'], /no recipe field called '__proto__'/],
    [['--recipe', '#preset=confetti-quick&lr=-1e99'], /lr must be/],
    [['--wrong'], /--wrong/],
    [['stray'], /stray/],
  ])('refuses %j with a sentence', (args, sentence) => {
    const read = () => readArguments(args as string[]);
    expect(read).toThrow(sentence as RegExp);
    expect(read).toThrow(expect.objectContaining({ code: 'headless/arguments' }));
  });

  it('refuses a recipe file that is cut short', () => {
    expect(() => readArguments(['--recipe', join(folder, 'broken.json')])).toThrow(/not valid JSON/);
  });

  it('takes labels by hand from a file', () => {
    expect(readArguments(['--data', 'grey', '--labels', file])).toMatchObject({
      labels: file,
      recipe: { label_source: 'hand' },
    });
    expect(() => readArguments(['--data', 'grey', '--labels', join(folder, 'none.csv')])).toThrow(
      'is not a file',
    );
  });

  it('takes a budget with what it compares', () => {
    const budget = ['--preset', 'grey-paws-quick', '--budget', '1,2,8', '--json', join(folder, 'b.json')];
    expect(readArguments([...budget, '--seed', '3'])!.budget).toEqual({
      labelsPerClass: [1, 2, 8],
      methods: ['paws', 'supervised', 'dino'],
      seeds: [3],
    });
    const chosen = readArguments([...budget, '--methods', 'dino,paws', '--seeds', '0,1'])!.budget;
    expect(chosen).toMatchObject({ methods: ['dino', 'paws'], seeds: [0, 1] });
  });

  it.each([
    [['--budget', '1,2'], 'name it with --json'],
    [['--budget', '1,x', '--json', 'b.json'], '--budget wants a whole number'],
    [['--budget', '0', '--json', 'b.json'], '--budget wants a whole number from 1'],
    [['--budget', '1', '--json', 'b.json', '--methods', 'swav'], 'not “swav”'],
    [['--budget', '1', '--json', 'b.json', '--steps', '5'], 'trains to the end'],
    [['--methods', 'paws'], 'belong to --budget'],
  ])('refuses %j with a reason', (args, reason) => {
    expect(() => readArguments(['--data', 'grey', ...args])).toThrow(reason);
  });
});
