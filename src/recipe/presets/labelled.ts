/**
 * Presets of PAWS, of SwAV, which it builds on, and of the supervised baseline, each with what it was measured to
 * do (docs/recipes.md). The short ones are PAWS + CE: pure PAWS does not leave its uniform start within some
 * hundred steps.
 */
import { type Changes, lasting, type Preset, preset, sharp, tinyVit } from './preset';

/** The small convolutional network, and PAWS's head on it: embeddings of 64. */
function smallNetwork(width: number, pool: 1 | 4): Changes {
  return {
    arch: 'cnn',
    cnn_width: width,
    cnn_blocks: 2,
    cnn_pool: pool,
    head_hidden_dim: 4 * width,
    output_dim: 64,
    global_crops_size: 64,
    local_crops_size: 32,
  };
}

/** AdamW in place of LARS, whose rates are made for batches of thousands. */
const adamw: Changes = { optimizer: 'adamw', lr: 2e-3, start_lr: 0, min_lr: 2e-5, weight_decay: 1e-4 };

/** The label loss from the first step, the votes once they can be right. */
const withLabelLoss: Changes = { support_ce_weight: 1, paws_ramp_start: 0.25, paws_ramp_end: 0.45 };

const colours: Changes = {
  jitter_prob: 0.8,
  brightness: 0.4,
  contrast: 0.4,
  saturation: 0.2,
  gray_prob: 0.2,
  equalize_prob: 0,
  solarize_all: false,
};

/** Shapes in any colour: jitter turns every hue, so that only the shape is left. */
const grey: Changes = {
  data: 'grey',
  ...smallNetwork(16, 1),
  ...adamw,
  ...sharp,
  ...colours,
  hue: 0.5,
  solarize_prob: 0.2,
  global_crops_scale_min: 0.5,
  local_crops_number: 0,
  local_crops_scale_min: 0.2,
  local_crops_scale_max: 0.5,
  labels_per_class: 5,
};

/** A person's own folder: milder, no mirroring, a grid of features. */
const photos: Changes = {
  ...grey,
  data: 'folder',
  cnn_pool: 4,
  hue: 0.1,
  solarize_prob: 0,
  hflip_prob: 0,
  global_crops_scale_min: 0.6,
  labels_per_class: 4,
};

/** The presets of PAWS. */
export const pawsPresets: readonly Preset[] = [
  preset(
    'paws',
    'grey-paws-quick',
    'Grey, quick',
    'PAWS + CE on coloured shapes, 5 labels of each, 700 steps: what fifty labels buy.',
    'With the 50 labels of one draw, 97 % of the held-out pictures were told right where the same labels alone came to 82–88 %. Another draw of labels may end ten points lower.',
    { ...grey, ...withLabelLoss, ...lasting(700), batch_size: 48, supervised_imgs_per_class: 5 },
  ),
  preset(
    'paws',
    'grey-paws-standard',
    'Grey, standard',
    'A wider network with two small views, batches of 64 and 1,500 steps.',
    'Not measured yet: the smaller network of grey-paws-quick reaches 97 % in 700 steps, so expect at least 95 % here, at three times the work per step.',
    {
      ...grey,
      ...smallNetwork(24, 1),
      ...withLabelLoss,
      ...lasting(1500),
      batch_size: 64,
      supervised_imgs_per_class: 5,
      local_crops_number: 2,
    },
  ),
  preset(
    'paws',
    'photos-paws-quick',
    'Photos, quick',
    'PAWS + CE on your own folder, 4 labels of each class, 400 steps.',
    'Which pictures are labelled matters more than anything: 4 labels a class told 85 to 92 % of photos of hands showing digits right over three draws, 12 to 21 points more than the same labels alone. On sorted waste it did not help at all.',
    { ...photos, ...withLabelLoss, ...lasting(400), batch_size: 48, supervised_imgs_per_class: 4 },
  ),
  preset(
    'paws',
    'photos-paws-standard',
    'Photos, standard',
    'The same for 800 steps, with 8 labels of each class.',
    '8 labels a class told 92 to 95 % of photos of hands showing digits right after 400 steps, ten points more than the same labels alone. Where the votes start mostly wrong, more steps do not help.',
    {
      ...photos,
      ...withLabelLoss,
      ...lasting(800),
      batch_size: 48,
      labels_per_class: 8,
      supervised_imgs_per_class: 6,
    },
  ),
  preset(
    'paws',
    'paws-official',
    'Official values',
    'Every value of the official configuration for CIFAR-10 except sizes: Wide-ResNet-10-2 on 32 px, batches of 32, 5 votes of each class. 50 epochs, 2,500 steps on grey shapes with 40 labels of each.',
    'Expect little within minutes: pure PAWS with LARS stood at ln C, its uniform start, after 300 steps of our small trials; officially it trains for a day on eight times the batch.',
    {
      data: 'grey',
      wrn_depth: 10,
      batch_size: 32,
      supervised_imgs_per_class: 5,
      labels_per_class: 40,
      epochs: 50,
    },
  ),
];

/** Presets of SwAV. */
export const swavPresets: readonly Preset[] = [
  preset(
    'swav',
    'swav-quick',
    'Confetti, quick',
    'The small Transformer sorts views of confetti into 64 prototypes, 250 steps.',
    'One seed: the loss fell from 5.2 to 3.84, below the 4.16 of a network that says nothing, and k-NN ended at 68.5 %, still under raw pixels (81 %).',
    {
      ...tinyVit,
      ...sharp,
      ...lasting(250),
      optimizer: 'adamw',
      batch_size: 32,
      lr: 1e-3,
      start_lr: 0,
      min_lr: 1e-5,
      weight_decay: 0.04,
      freeze_last_layer: 1.25,
      head_hidden_dim: 128,
      output_dim: 32,
      nmb_prototypes: 64,
      init: 'fan_in',
      drop_path: 0,
      brightness: 0.4,
      contrast: 0.4,
      saturation: 0.2,
      hue: 0.1,
      local_crops_number: 2,
      global_crops_scale_min: 0.5,
      local_crops_scale_min: 0.2,
      local_crops_scale_max: 0.5,
    },
  ),
];

/** Presets of the supervised baseline. */
export const supervisedPresets: readonly Preset[] = [
  preset(
    'supervised',
    'supervised-quick',
    'Grey, quick',
    'The labels of grey-paws-quick and nothing else, same network, views and steps.',
    '50 labels alone told 82 % of the held-out pictures right by its classifier, 87 % by soft neighbours of its features, and no more from step 500 on.',
    { ...grey, ...lasting(700), batch_size: 50 },
  ),
];
