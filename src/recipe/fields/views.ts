/**
 * Multi-crop and colour augmentation.
 * Official sources: main_dino.py, DataAugmentationDINO; src/data_manager.py of facebookresearch/suncet; table of
 * augmentations of the SwAV paper. Probabilities that are constants there are fields here.
 */
import { boolean, choice, type FieldContext, integer, type NumberField, number } from '../field';

const hasLocals = (r: FieldContext) => r.local_crops_number > 0;
const jitters = (r: FieldContext) => r.jitter_prob > 0;
const blurs = (r: FieldContext) =>
  r.blur_prob_global1 > 0 || r.blur_prob_global2 > 0 || (r.local_crops_number > 0 && r.blur_prob_local > 0);

type Rest = Pick<NumberField, 'label' | 'help' | 'paper' | 'official'> & Partial<NumberField>;
const share = (group: 'crops' | 'colour', rest: Rest) =>
  number({ group, min: 0, max: 1, step: 0.05, ...rest });

/** Jitter by method: PAWS and SwAV multiply `atFull` by the strength of the recipe, 0.5 and 1. */
const jitterOf = (atFull: number): NumberField['byMethod'] => ({
  paws: {
    paper: `suncet: ${atFull} × color_jitter_strength, which is 0.5 for CIFAR-10`,
    officialName: 'color_jitter_strength',
    official: atFull / 2,
  },
  swav: { paper: `paper: ${atFull}`, official: atFull },
  supervised: { paper: 'as the method it is compared with', official: atFull / 2 },
});

export const cropFields = {
  global_crops_size: integer({
    group: 'crops',
    label: 'global crop size',
    help: 'Side of the two large views in pixels. Scoring uses the same size.',
    paper: 'official: 224',
    official: 224,
    min: 8,
    max: 448,
    step: 8,
    unit: 'px',
    byMethod: {
      paws: { paper: 'suncet: 32 for CIFAR-10, 224 for ImageNet', official: 32 },
      swav: { paper: 'paper: 224' },
      supervised: { paper: 'as the method it is compared with', official: 32 },
    },
  }),
  global_crops_scale_min: share('crops', {
    label: 'global crop, smallest area',
    help: 'Least share of the picture that a large view may show. Larger: the views share more, the task is easier.',
    paper: 'official script: 0.4',
    officialName: 'global_crops_scale',
    official: 0.4,
    min: 0.01,
    byMethod: {
      paws: {
        paper: 'suncet: 0.75 for CIFAR-10, 0.14 for ImageNet',
        officialName: 'multicrop scale',
        official: 0.75,
      },
      swav: { paper: 'paper: 0.14', officialName: 'min_scale_crops', official: 0.14 },
      supervised: { paper: 'as the method it is compared with', official: 0.75 },
    },
  }),
  global_crops_scale_max: share('crops', {
    label: 'global crop, largest area',
    help: 'Greatest share of the picture that a large view may show.',
    paper: 'official script: 1',
    officialName: 'global_crops_scale',
    official: 1,
    min: 0.01,
  }),
  local_crops_number: integer({
    group: 'crops',
    label: 'local crops',
    help: 'Small views per picture. Only the student sees them and must guess what the teacher says of the whole.',
    paper: 'official script: 8',
    official: 8,
    min: 0,
    max: 10,
    quick: true,
    methods: ['dino', 'paws', 'swav'],
    byMethod: {
      paws: {
        help: 'Small views per picture. Each learns the mean of the two large views’ pseudo-labels.',
        paper: 'suncet: 6',
        officialName: 'multicrop',
        official: 6,
      },
      swav: {
        help: 'Small views per picture. They are told the assignments of both large views.',
        paper: 'paper: 6',
        officialName: 'nmb_crops',
        official: 6,
      },
    },
  }),
  local_crops_size: integer({
    group: 'crops',
    label: 'local crop size',
    help: 'Side of the small views in pixels.',
    paper: 'official: 96',
    official: 96,
    min: 8,
    max: 224,
    step: 8,
    unit: 'px',
    appliesTo: hasLocals,
    methods: ['dino', 'paws', 'swav'],
    byMethod: {
      paws: { paper: 'suncet: 18 for CIFAR-10, 96 for ImageNet', official: 18 },
      swav: { paper: 'paper: 96' },
    },
  }),
  local_crops_scale_min: share('crops', {
    label: 'local crop, smallest area',
    help: 'Least share of the picture that a small view may show. Below 0.2 it may show nothing worth guessing.',
    paper: 'official script: 0.05',
    officialName: 'local_crops_scale',
    official: 0.05,
    min: 0.01,
    appliesTo: hasLocals,
    methods: ['dino', 'paws', 'swav'],
    byMethod: {
      paws: { paper: 'suncet: 0.3 for CIFAR-10, 0.05 for ImageNet', official: 0.3 },
      swav: { paper: 'paper: 0.05' },
    },
  }),
  local_crops_scale_max: share('crops', {
    label: 'local crop, largest area',
    help: 'Greatest share of the picture that a small view may show.',
    paper: 'official script: 0.4',
    officialName: 'local_crops_scale',
    official: 0.4,
    min: 0.01,
    appliesTo: hasLocals,
    methods: ['dino', 'paws', 'swav'],
    byMethod: {
      paws: { paper: 'suncet: 0.75 for CIFAR-10, 0.14 for ImageNet', official: 0.75 },
      swav: { paper: 'paper: 0.14', official: 0.14 },
    },
  }),
};

export const colourFields = {
  hflip_prob: share('colour', {
    label: 'mirroring',
    help: 'Chance that a view is mirrored. Switch it off where left and right mean something, as in written digits.',
    paper: 'official: 0.5',
    official: 0.5,
  }),
  jitter_prob: share('colour', {
    label: 'colour jitter',
    help: 'Chance that the colours of a view are shifted. At 0 the network may use colour freely: right where colour tells the classes apart, wrong where only the light differs.',
    paper: 'official: 0.8',
    official: 0.8,
    quick: true,
  }),
  brightness: share('colour', {
    label: 'brightness jitter',
    help: 'Brightness is multiplied by a factor up to this far from 1.',
    paper: 'official: 0.4',
    official: 0.4,
    appliesTo: jitters,
    byMethod: jitterOf(0.8),
  }),
  contrast: share('colour', {
    label: 'contrast jitter',
    help: 'Contrast is multiplied by a factor up to this far from 1.',
    paper: 'official: 0.4',
    official: 0.4,
    appliesTo: jitters,
    byMethod: jitterOf(0.8),
  }),
  saturation: share('colour', {
    label: 'saturation jitter',
    help: 'Saturation is multiplied by a factor up to this far from 1.',
    paper: 'official: 0.2',
    official: 0.2,
    appliesTo: jitters,
    byMethod: jitterOf(0.8),
  }),
  hue: share('colour', {
    label: 'hue jitter',
    help: 'How far hues turn, 0.5 being half way round the colour circle: what the two views may not agree on.',
    paper: 'official: 0.1',
    official: 0.1,
    max: 0.5,
    step: 0.01,
    quick: true,
    appliesTo: jitters,
    byMethod: jitterOf(0.2),
  }),
  gray_prob: share('colour', {
    label: 'grey views',
    help: 'Chance that a view loses its colour altogether.',
    paper: 'official: 0.2',
    official: 0.2,
    byMethod: {
      paws: { paper: 'suncet: 0 for CIFAR-10, 0.2 for ImageNet', official: 0 },
      swav: { paper: 'paper: 0.2' },
      supervised: { paper: 'as the method it is compared with', official: 0 },
    },
  }),
  blur_prob_global1: share('colour', {
    label: 'blur, global 1',
    help: 'Chance that the first large view is blurred.',
    paper: 'official: 1',
    official: 1,
    byMethod: {
      paws: { paper: 'suncet: 0 for CIFAR-10, 0.5 for ImageNet', official: 0 },
      swav: { paper: 'paper: 0.5', official: 0.5 },
      supervised: { paper: 'as the method it is compared with', official: 0 },
    },
  }),
  blur_prob_global2: share('colour', {
    label: 'blur, global 2',
    help: 'Chance that the second large view is blurred.',
    paper: 'official: 0.1',
    official: 0.1,
    byMethod: {
      paws: { paper: 'suncet: 0 for CIFAR-10, 0.5 for ImageNet', official: 0 },
      swav: { paper: 'paper: 0.5', official: 0.5 },
      supervised: { paper: 'as the method it is compared with', official: 0 },
    },
  }),
  blur_prob_local: share('colour', {
    label: 'blur, local',
    help: 'Chance that a small view is blurred.',
    paper: 'official: 0.5',
    official: 0.5,
    methods: ['dino', 'paws', 'swav'],
    byMethod: {
      paws: { paper: 'suncet: 0 for CIFAR-10, 0.5 for ImageNet', official: 0 },
      swav: { paper: 'paper: 0.5' },
    },
    appliesTo: hasLocals,
  }),
  blur_radius_min: number({
    group: 'colour',
    label: 'blur radius, least',
    help: 'Smallest blur radius in pixels of the finished view.',
    paper: 'official: 0.1',
    official: 0.1,
    min: 0,
    max: 10,
    step: 0.1,
    unit: 'px',
    appliesTo: blurs,
  }),
  blur_radius_max: number({
    group: 'colour',
    label: 'blur radius, most',
    help: 'Largest blur radius in pixels of the finished view. The official 2 is meant for 224 px and is a heavy blur at 64.',
    paper: 'official: 2, on 224 px',
    official: 2,
    min: 0,
    max: 10,
    step: 0.1,
    unit: 'px',
    appliesTo: blurs,
  }),
  solarize_prob: share('colour', {
    label: 'solarise, global 2',
    help: 'Chance that the bright pixels of the second large view are inverted.',
    paper: 'official: 0.2',
    official: 0.2,
    byMethod: {
      paws: {
        label: 'solarise',
        help: 'Chance that the bright pixels of a view are inverted.',
        paper: 'suncet: 0.2 for CIFAR-10, 0 for ImageNet',
      },
      swav: { paper: 'paper: none', official: 0 },
      supervised: {
        label: 'solarise',
        help: 'Chance that the bright pixels of a view are inverted.',
        paper: 'as the method it is compared with',
      },
    },
  }),
  solarize_all: boolean({
    group: 'colour',
    label: 'solarise any view',
    help: 'On, every view may be solarised, from a brightness drawn anew each time; off, only the second large one, from the middle.',
    paper: 'DINO: off; suncet, CIFAR-10: on',
    official: false,
    appliesTo: (r) => r.solarize_prob > 0,
    byMethod: { paws: { official: true }, supervised: { official: true } },
  }),
  equalize_prob: share('colour', {
    label: 'equalise',
    help: 'Chance that the histogram of every colour of a view is levelled.',
    paper: 'DINO: none; suncet, CIFAR-10: 0.2',
    official: 0,
    byMethod: { paws: { official: 0.2 }, supervised: { official: 0.2 } },
  }),
  interpolation: choice({
    group: 'colour',
    label: 'resizing',
    help: 'How a crop is brought to its size; both smooth what they shrink.',
    paper: 'DINO: bicubic; suncet: bilinear',
    official: 'bicubic',
    options: ['bicubic', 'bilinear'],
    byMethod: {
      paws: { official: 'bilinear' },
      swav: { official: 'bilinear' },
      supervised: { official: 'bilinear' },
    },
  }),
};
