/**
 * The methods a recipe can ask for, and the numbers that each reports after every step: their names, in the order
 * of the columns of a run's file.
 */

/** Names of the methods, as a recipe writes them. */
export const methodNames = ['dino', 'paws', 'swav', 'supervised'] as const;

/** A way to train. */
export type MethodName = (typeof methodNames)[number];

/** One number of every step. */
export interface SeriesFacts {
  /** What it is, in one line. */
  meaning: string;
  unit: 'nats' | 'percent' | 'none';
  /** Not a number where it cannot be known. */
  optional?: true;
}

/** A method in words. */
export interface MethodFacts {
  title: string;
  /** What it does, in a sentence. */
  about: string;
  /** Where it comes from. */
  source: string;
  /** Whether training reads labels. */
  readsLabels: boolean;
  /** Numbers of every step, `step` left out. */
  series: Readonly<Record<string, SeriesFacts>>;
}

const common = {
  loss: { meaning: 'what is minimised', unit: 'nats' },
  gradNorm: { meaning: 'length of the whole gradient, before each parameter’s is clipped', unit: 'none' },
  lr: { meaning: 'learning rate, warmed up linearly, then a cosine down', unit: 'none' },
  weightDecay: { meaning: 'pull of the weights towards 0; none on biases and norms', unit: 'none' },
} as const;

/** Every method by name. */
export const methodFacts: Readonly<Record<MethodName, MethodFacts>> = {
  dino: {
    title: 'DINO',
    about: 'Teaches itself without labels: a student learns to say what its slow average, the teacher, says.',
    source: 'Caron et al. 2021',
    readsLabels: false,
    series: {
      ...common,
      teacherEntropy: { meaning: 'mean entropy of the teacher’s answers', unit: 'nats' },
      meanTeacherEntropy: { meaning: 'entropy of the teacher’s mean answer over the batch', unit: 'nats' },
      kl: { meaning: 'loss without the teacher’s entropy: how far the student is off', unit: 'nats' },
      momentum: { meaning: 'share of the old teacher that each step keeps', unit: 'none' },
      teacherTemp: { meaning: 'teacher temperature: lower is sharper', unit: 'none' },
      studentTemp: { meaning: 'student temperature', unit: 'none' },
    },
  },
  paws: {
    title: 'PAWS',
    about: 'Learns from a handful of labels: labelled pictures vote on what the views of the others show.',
    source: 'Assran et al. 2021',
    readsLabels: true,
    series: {
      ...common,
      pawsLoss: { meaning: 'cross-entropy of each view with the other view’s pseudo-label', unit: 'nats' },
      meMaxLoss: { meaning: 'mean-entropy maximisation: minus the entropy of the mean answer', unit: 'nats' },
      meanEntropy: {
        meaning: 'entropy of the mean sharpened answer: ln C where all classes are used',
        unit: 'nats',
      },
      targetEntropy: { meaning: 'mean entropy of the pseudo-labels: 0 where they are sure', unit: 'nats' },
      pawsWeight: { meaning: 'share of the PAWS loss that counts, while it ramps up', unit: 'none' },
      supportCe: {
        meaning: 'cross-entropy of the classifier on the labelled pictures; 0 without it',
        unit: 'nats',
      },
      supportCorrect: {
        meaning: 'labelled pictures the classifier gets right',
        unit: 'percent',
        optional: true,
      },
      pseudoCorrect: {
        meaning: 'pseudo-labels that agree with the hidden labels',
        unit: 'percent',
        optional: true,
      },
    },
  },
  swav: {
    title: 'SwAV',
    about: 'Sorts views without labels: each view is told which prototypes the other view was assigned to.',
    source: 'Caron et al. 2020',
    readsLabels: false,
    series: {
      ...common,
      assignmentEntropy: { meaning: 'mean entropy of the assignments', unit: 'nats' },
      meanAssignmentEntropy: { meaning: 'entropy of the mean assignment over the batch', unit: 'nats' },
      kl: { meaning: 'loss without the assignments’ entropy', unit: 'nats' },
    },
  },
  supervised: {
    title: 'Supervised',
    about: 'Learns the given labels and nothing else: the baseline that every other method has to beat.',
    source: 'cross-entropy on the same labels, network, views and steps',
    readsLabels: true,
    series: {
      ...common,
      batchCorrect: { meaning: 'labelled pictures of the batch that it gets right', unit: 'percent' },
    },
  },
};
