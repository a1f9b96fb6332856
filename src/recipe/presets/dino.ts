/**
 * DINO's presets, each with what it was measured to do. The numbers are from our trials of the official maths in
 * PyTorch (docs/recipes.md repeats them here); one seed unless two values are given.
 */
import type { Recipe } from '../fields';
import { type Changes, lasting, type Preset, preset, sharp, tinyVit } from './preset';

/** Length in steps, with the last layer frozen for 5 % of it. */
function dinoLasting(steps: number): Changes {
  const run = lasting(steps);
  return { ...run, freeze_last_layer: run.epochs! / 20 };
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
  ...sharp,
};

/** The small Transformer with its head. */
const network: Changes = { ...tinyVit, head_hidden_dim: 128, head_bottleneck_dim: 32, out_dim: 64 };

const wideCrops: Changes = {
  local_crops_number: 2,
  global_crops_scale_min: 0.5,
  local_crops_scale_min: 0.2,
  local_crops_scale_max: 0.5,
};

const confetti: Changes = {
  ...short,
  ...network,
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
  ...network,
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

/** The presets of DINO, the default one first. */
export const dinoPresets: readonly Preset[] = [
  preset(
    'dino',
    'confetti-quick',
    'Confetti, quick',
    'A small Transformer, 250 steps: watch attention start to move.',
    'Attention begins to move onto the shapes: over three seeds Jaccard rose from 14–18 to 24–26, still under a centred disc (35), and k-NN from 62–66 to 68–71 %, still under raw pixels (81 %).',
    { ...confetti, ...dinoLasting(250) },
  ),
  preset(
    'dino',
    'confetti-standard',
    'Confetti, standard',
    'The same Transformer, 800 steps: attention finds the object.',
    'Attention passes the centred disc (Jaccard 34) between steps 200 and 400 and ends near 49, or 57 on pictures twice as large; k-NN rises from 66 to 74 % and stays under raw pixels (80 %).',
    { ...confetti, ...dinoLasting(800) },
  ),
  preset(
    'dino',
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
      ...dinoLasting(1500),
    },
  ),
  preset(
    'dino',
    'photos-quick',
    'Photos, quick',
    'A small convolutional network on your own folder, 400 steps.',
    '400 photos of hands showing digits went from 54 to 74 % k-NN with one seed and from 42 to 65 % with another (raw pixels 63 %). Is colour what tells your classes apart? Then turn colour jitter off: that took sorted waste from 59 to 64 %, but digits (on a coarser grid) from 66 down to 38 %.',
    { ...photos, ...dinoLasting(400) },
  ),
  preset(
    'dino',
    'photos-standard',
    'Photos, standard',
    'The same network, 800 steps.',
    'Most of the gain is there by step 200; 600 steps took photos of hands showing digits to 79 % k-NN (raw pixels 63 %). Is colour what tells your classes apart? Then turn colour jitter off: sorted waste gained 5 points from that, digits lost 28.',
    { ...photos, ...dinoLasting(800) },
  ),
  preset(
    'dino',
    'photos-attention',
    'Photos, attention',
    'The small Transformer on your own folder, 400 steps: an honest look at what it attends to.',
    'Do not expect objects: on 120 photos of pets attention moved off the animal, Jaccard 23 to 17, where the whole picture scores 38 and a centred disc 48.',
    { ...confetti, data: 'folder', ...dinoLasting(400) },
  ),
  preset(
    'dino',
    'official',
    'Official values, at this size',
    "Every value of the official script except sizes: crops of 64 and 32 px, patch 8, confetti-standard's network, head and 64 outputs. 100 epochs, 2,500 steps on confetti.",
    'Expect little within minutes: with the official centring and temperature alone, 250 steps moved Jaccard from 20 to 21 where Sinkhorn and a sharper teacher reach 29; the paper trains for days on eight GPUs or more.',
    network,
  ),
];
