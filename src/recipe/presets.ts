/**
 * Named recipes, each with what it was measured to do. The numbers are from our trials of the official maths in
 * PyTorch (docs/recipes.md repeats them here); one seed unless two values are given.
 */
import { officialRecipe, type Recipe } from './fields';

/** A recipe to start from. */
export interface Preset {
  /** As written in a permalink. */
  name: string;
  title: string;
  /** What it trains, in a line. */
  about: string;
  /** The pictures it was made for; the same as `recipe.data`. */
  data: Recipe['data'];
  /** One honest sentence on what to expect. */
  expectation: string;
  recipe: Readonly<Recipe>;
}

type Changes = Partial<Recipe>;

/** All runs of a preset count ten steps as an epoch, so that it lasts as long on every data set. */
const stepsPerEpoch = 10;

/** Length in steps, with the learning rate warming up for 10 % and the last layer frozen for 5 % of it. */
function lasting(steps: number): Changes {
  const epochs = steps / stepsPerEpoch;
  return {
    steps_per_epoch: stepsPerEpoch,
    epochs,
    warmup_epochs: epochs / 10,
    freeze_last_layer: epochs / 20,
  };
}

/** The official base rate that peaks at `peak` with this batch. */
const peakRate = (peak: number, batch_size: number): Changes => ({
  batch_size,
  lr: (peak * 256) / batch_size,
});

/** What makes DINO learn within a few hundred steps, whatever the network. */
const short: Changes = {
  centering: 'sinkhorn',
  warmup_teacher_temp: 0.02,
  teacher_temp: 0.02,
  min_lr: 1e-5,
  weight_decay_end: 0.2,
  drop_path: 0,
  init: 'fan_in',
  blur_prob_global1: 0,
  blur_prob_global2: 0,
  blur_prob_local: 0,
};

/** A Transformer of 280 thousand weights on 64 px, patch 8, and its head. */
const tinyVit: Changes = {
  arch: 'vit',
  patch_size: 8,
  embed_dim: 64,
  depth: 4,
  num_heads: 4,
  head_hidden_dim: 128,
  head_bottleneck_dim: 32,
  out_dim: 64,
  global_crops_size: 64,
  local_crops_size: 32,
};

const wideCrops: Changes = {
  local_crops_number: 2,
  global_crops_scale_min: 0.5,
  local_crops_scale_min: 0.2,
  local_crops_scale_max: 0.5,
};

const confetti: Changes = {
  ...short,
  ...tinyVit,
  ...wideCrops,
  ...peakRate(1e-3, 32),
  momentum_teacher: 0.99,
};

/** Which way the colour switch stands. */
export type ColourSide = 'matters' | 'nuisance';

const colourSides: Record<ColourSide, Changes> = {
  matters: {
    jitter_prob: 0,
    gray_prob: 0,
    solarize_prob: 0,
    hflip_prob: 0.5,
    ...wideCrops,
    local_crops_size: 32,
    cnn_pool: 2,
  },
  nuisance: {
    jitter_prob: 0.8,
    brightness: 0.4,
    contrast: 0.4,
    saturation: 0.2,
    hue: 0.1,
    gray_prob: 0.2,
    solarize_prob: 0.2,
    hflip_prob: 0,
    local_crops_number: 0,
    global_crops_scale_min: 0.7,
    cnn_pool: 4,
  },
};

/**
 * 'Is colour what tells your classes apart?': the settings measured to work for either answer, to be laid over a
 * recipe. `matters` is how sorted waste was learnt, `nuisance` how photos of hands showing digits were. The feature grid is
 * left out for a Transformer, which has none.
 */
export function colourSwitch(recipe: Pick<Recipe, 'arch'>, side: ColourSide): Partial<Recipe> {
  const { cnn_pool, ...common } = colourSides[side];
  return recipe.arch === 'cnn' ? { ...common, cnn_pool } : common;
}

/** Which side a recipe is on: `matters` when no augmentation touches colour. */
export function colourSide(recipe: Pick<Recipe, 'jitter_prob' | 'gray_prob' | 'solarize_prob'>): ColourSide {
  const touched = recipe.jitter_prob > 0 || recipe.gray_prob > 0 || recipe.solarize_prob > 0;
  return touched ? 'nuisance' : 'matters';
}

const photos: Changes = {
  ...short,
  ...tinyVit,
  data: 'folder',
  arch: 'cnn',
  cnn_width: 16,
  cnn_blocks: 2,
  local_crops_scale_min: 0.2,
  local_crops_scale_max: 0.5,
  ...peakRate(3e-3, 32),
  momentum_teacher: 0.97,
  ...colourSides.nuisance,
};

const preset = (
  name: string,
  title: string,
  about: string,
  expectation: string,
  changes: Changes,
): Preset => {
  const recipe = Object.freeze({ ...officialRecipe, ...changes });
  return { name, title, about, data: recipe.data, expectation, recipe };
};

/** All presets, the default one first. */
export const presets: readonly Preset[] = [
  preset(
    'confetti-quick',
    'Confetti, quick',
    'A small Transformer, 250 steps: watch attention start to move.',
    'Attention begins to move onto the shapes: over three seeds Jaccard rose from 14–18 to 24–26, still under a centred disc (35), and k-NN from 62–66 to 68–71 %, still under raw pixels (81 %).',
    { ...confetti, ...lasting(250) },
  ),
  preset(
    'confetti-standard',
    'Confetti, standard',
    'The same Transformer, 800 steps: attention finds the object.',
    'Attention passes the centred disc (Jaccard 34) between steps 200 and 400 and ends near 49, or 57 on pictures twice as large; k-NN rises from 66 to 74 % and stays under raw pixels (80 %).',
    { ...confetti, ...lasting(800) },
  ),
  preset(
    'confetti-long',
    'Confetti, long',
    'A wider Transformer with four local crops, batches of 64 and 1,500 steps.',
    'Not measured yet: the smaller network of confetti-standard reaches Jaccard 49 in 800 steps, so expect at least 45 here, at four times the work per step.',
    {
      ...confetti,
      embed_dim: 96,
      head_hidden_dim: 256,
      head_bottleneck_dim: 64,
      out_dim: 128,
      local_crops_number: 4,
      ...peakRate(1e-3, 64),
      ...lasting(1500),
    },
  ),
  preset(
    'photos-quick',
    'Photos, quick',
    'A small convolutional network on your own folder, 400 steps.',
    '400 photos of hands showing digits went from 54 to 74 % k-NN with one seed and from 42 to 65 % with another (raw pixels 63 %). Is colour what tells your classes apart? Then turn colour jitter off: that took sorted waste from 59 to 64 %, but digits (on a coarser grid) from 66 down to 38 %.',
    { ...photos, ...lasting(400) },
  ),
  preset(
    'photos-standard',
    'Photos, standard',
    'The same network, 800 steps.',
    'Most of the gain is there by step 200; 600 steps took photos of hands showing digits to 79 % k-NN (raw pixels 63 %). Is colour what tells your classes apart? Then turn colour jitter off: sorted waste gained 5 points from that, digits lost 28.',
    { ...photos, ...lasting(800) },
  ),
  preset(
    'photos-attention',
    'Photos, attention',
    'The small Transformer on your own folder, 400 steps: an honest look at what it attends to.',
    'Do not expect objects: on 120 photos of pets attention moved off the animal, Jaccard 23 to 17, where the whole picture scores 38 and a centred disc 48.',
    { ...confetti, data: 'folder', ...lasting(400) },
  ),
  preset(
    'official',
    'Official values, at this size',
    "Every value of the official script except sizes: crops of 64 and 32 px, patch 8, confetti-standard's network, head and 64 outputs. 100 epochs, 2,500 steps on confetti.",
    'Expect little within minutes: with the official centring and temperature alone, 250 steps moved Jaccard from 20 to 21 where Sinkhorn and a sharper teacher reach 29; the paper trains for days on eight GPUs or more.',
    tinyVit,
  ),
];

/** The preset a visitor starts with. */
export const defaultPreset: Preset = presets[0];

/** The preset of that name, if there is one. */
export function findPreset(name: string): Preset | undefined {
  return presets.find((candidate) => candidate.name === name);
}
