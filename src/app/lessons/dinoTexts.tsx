/** What a DINO run shows, in words. Source: Caron et al. 2021. */

import styles from './lessons.module.css';
import { Equation, Student, Teacher, TeacherEquation } from './Terms';
import { logOf, type Texts } from './text';

const source = <p className={styles.soft}>Caron et al. 2021, equations 1 and 2</p>;

const principle = (
  <p>
    Two copies of the same network look at different crops of one picture. The <Student /> sees all crops; the{' '}
    <Teacher />, a slow average of past students, sees only the large ones. The student learns to say what the
    teacher says.
  </p>
);

export const dinoTexts: Texts = {
  rest: {
    title: 'What will happen',
    body: () => (
      <>
        {principle}
        <Equation />
        <p>
          No label enters this. If the two agree on what makes a picture itself, whatever the crop, they have
          learnt something about it.
        </p>
        {source}
      </>
    ),
  },
  'warming up': {
    title: 'What you are looking at',
    body: ({ outputs }) => (
      <>
        {principle}
        <Equation />
        <p>
          The learning rate still climbs and the last layer is frozen at first. A student who says nothing has
          a loss of {logOf(outputs)}; one whose random weights already tell pictures apart begins above it.
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
        <Equation />
        <p>
          The loss alone says little: it falls when the teacher grows surer, too. Watch k-NN and the attention
          beside it. The line at {logOf(outputs)} is a student who says nothing.
        </p>
        <TeacherEquation />
        <p>
          Centring (<i>c</i>) keeps one prototype from winning everything; a low temperature (<i>τ</i>) keeps
          the <Teacher /> from saying nothing. Each prevents the other’s collapse.
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
          The <Teacher /> gives every prototype the same share, whatever the picture, and the <Student /> has
          learnt to say so. The loss sits at {logOf(outputs)}, and nothing pulls it away.
        </p>
        <TeacherEquation />
        <p>
          It happens when the views of a picture share too little, or the teacher’s temperature <i>τ</i> is
          too high. Make it lower, weaken the jitter, or widen the crops.
        </p>
      </>
    ),
  },
  'one-hot': {
    title: 'One-hot collapse',
    body: () => (
      <>
        <p>
          One prototype wins for every picture. <Student /> and <Teacher /> agree perfectly and say nothing;
          the loss is near 0.
        </p>
        <TeacherEquation />
        <p>
          Centring (<i>c</i>) is there to prevent it: switch it on, take Sinkhorn, or raise the teacher’s
          temperature.
        </p>
      </>
    ),
  },
  slow: {
    title: 'A teacher too soft',
    body: () => (
      <>
        <p>
          The <Teacher /> spreads its vote over almost all prototypes, so there is little to learn from it. It
          goes the right way, slowly.
        </p>
        <TeacherEquation />
        <p>
          A lower teacher temperature <i>τ</i> makes it commit itself. Try 0.02.
        </p>
      </>
    ),
  },
  shortcut: {
    title: 'A shortcut',
    body: () => (
      <>
        <p>
          Everything looks healthy, but attention is not on the objects. Something else identifies each
          picture and is easier to see: its background, its light, its style.
        </p>
        <p>The loss cannot know the difference. That is why the masks are kept for scoring.</p>
      </>
    ),
  },
  paused: {
    title: 'Paused',
    body: () => (
      <>
        <p>
          Nothing is lost: resume whenever you like, or take single steps and watch what one of them changes.
        </p>
        <p>
          Fields marked live can be changed now and act from the next step on. Temperatures and centring show
          their effect within some twenty steps.
        </p>
        <Equation />
        {source}
      </>
    ),
  },
};
