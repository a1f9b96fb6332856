/** What a SwAV run shows, in words. Source: Caron et al. 2020. */

import styles from './lessons.module.css';
import { Anchor, SwavEquation, Target } from './Terms';
import { logOf, type Texts } from './text';

const source = <p className={styles.soft}>Caron et al. 2020, equations 1 to 3</p>;

const principle = (
  <p>
    Every view is compared with a set of learnt directions, the prototypes. An <Target>assignment</Target>{' '}
    says which of them a view belongs to, such that all prototypes serve equally many views of the batch. Then
    the two views swap: each must <Anchor>predict</Anchor> the assignment of the other.
  </p>
);

export const swavTexts: Texts = {
  rest: {
    title: 'What will happen',
    body: () => (
      <>
        {principle}
        <SwavEquation />
        <p>
          No label enters this, and there is no teacher. Sharing the prototypes out equally (Sinkhorn’s
          rounds) is what keeps all views from belonging to the same one.
        </p>
        {source}
      </>
    ),
  },
  training: {
    title: 'What you are looking at',
    body: ({ outputs }) => (
      <>
        {principle}
        <SwavEquation />
        <p>
          The line at {logOf(outputs)} is a network that says nothing. The loss cannot fall below the entropy
          of the assignments; what is left above it (KL) is what there is to learn.
        </p>
        <p>
          DINO’s teacher with Sinkhorn is close to this, and PAWS takes labelled pictures in place of the
          prototypes.
        </p>
        {source}
      </>
    ),
  },
  uniform: {
    title: 'Uniform collapse',
    body: ({ outputs }) => (
      <>
        <p>
          Every view is assigned to all prototypes alike, and predicts just that. The loss sits at{' '}
          {logOf(outputs)}.
        </p>
        <SwavEquation />
        <p>
          Sharper assignments (a lower <code>epsilon</code>), wider crops or weaker jitter give the views
          something to agree on.
        </p>
      </>
    ),
  },
  'one-hot': {
    title: 'One-hot collapse',
    body: () => (
      <p>
        Every view belongs to the same prototype. Sinkhorn’s rounds are there to prevent it: take three or
        more of them, with a higher <code>epsilon</code>.
      </p>
    ),
  },
  paused: {
    title: 'Paused',
    body: () => (
      <>
        <p>
          Nothing is lost: resume whenever you like, or take single steps and watch what one of them changes.
        </p>
        <SwavEquation />
        {source}
      </>
    ),
  },
};
