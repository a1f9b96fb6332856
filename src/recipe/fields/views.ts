/**
 * Multi-crop and colour augmentation.
 * Official source: main_dino.py, DataAugmentationDINO; probabilities that are constants there are fields here.
 */
import { type FieldContext, integer, type NumberField, number } from '../field';

const hasLocals = (r: FieldContext) => r.local_crops_number > 0;
const jitters = (r: FieldContext) => r.jitter_prob > 0;
const blurs = (r: FieldContext) =>
  r.blur_prob_global1 > 0 || r.blur_prob_global2 > 0 || (r.local_crops_number > 0 && r.blur_prob_local > 0);

type Rest = Pick<NumberField, 'label' | 'help' | 'paper' | 'official'> & Partial<NumberField>;
const share = (group: 'crops' | 'colour', rest: Rest) =>
  number({ group, min: 0, max: 1, step: 0.05, ...rest });

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
  }),
  global_crops_scale_min: share('crops', {
    label: 'global crop, smallest area',
    help: 'Least share of the picture that a large view may show. Larger: the views share more, the task is easier.',
    paper: 'official script: 0.4',
    officialName: 'global_crops_scale',
    official: 0.4,
    min: 0.01,
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
  }),
  local_crops_scale_min: share('crops', {
    label: 'local crop, smallest area',
    help: 'Least share of the picture that a small view may show. Below 0.2 it may show nothing worth guessing.',
    paper: 'official script: 0.05',
    officialName: 'local_crops_scale',
    official: 0.05,
    min: 0.01,
    appliesTo: hasLocals,
  }),
  local_crops_scale_max: share('crops', {
    label: 'local crop, largest area',
    help: 'Greatest share of the picture that a small view may show.',
    paper: 'official script: 0.4',
    officialName: 'local_crops_scale',
    official: 0.4,
    min: 0.01,
    appliesTo: hasLocals,
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
  }),
  contrast: share('colour', {
    label: 'contrast jitter',
    help: 'Contrast is multiplied by a factor up to this far from 1.',
    paper: 'official: 0.4',
    official: 0.4,
    appliesTo: jitters,
  }),
  saturation: share('colour', {
    label: 'saturation jitter',
    help: 'Saturation is multiplied by a factor up to this far from 1.',
    paper: 'official: 0.2',
    official: 0.2,
    appliesTo: jitters,
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
  }),
  gray_prob: share('colour', {
    label: 'grey views',
    help: 'Chance that a view loses its colour altogether.',
    paper: 'official: 0.2',
    official: 0.2,
  }),
  blur_prob_global1: share('colour', {
    label: 'blur, global 1',
    help: 'Chance that the first large view is blurred.',
    paper: 'official: 1',
    official: 1,
  }),
  blur_prob_global2: share('colour', {
    label: 'blur, global 2',
    help: 'Chance that the second large view is blurred.',
    paper: 'official: 0.1',
    official: 0.1,
  }),
  blur_prob_local: share('colour', {
    label: 'blur, local',
    help: 'Chance that a small view is blurred.',
    paper: 'official: 0.5',
    official: 0.5,
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
  }),
};
