/** 'What you are looking at': a short text that follows what happens on the page. Source: Caron et al. 2021. */

import type { ReactNode } from 'react';
import { Panel } from '../panels/panel/Panel';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import { Conclusion } from './Conclusion';
import styles from './lessons.module.css';
import { type Situation, situationOf } from './situation';
import { Equation, Student, Teacher, TeacherEquation } from './Terms';

export function Explanation() {
  const run = useRun((s) => s.run);
  const diagnosis = useRun((s) => s.diagnosis);
  const prepared = useRun((s) => s.prepared);
  const ran = useRun((s) => s.recipe);
  const connection = useRun((s) => s.connection);
  const outDim = useSetup((s) => s.recipe.out_dim);
  const situation = situationOf({ run, diagnosis, prepared, recipe: ran, connection });
  const prototypes = prepared?.outDim ?? outDim;
  return (
    <Panel title={titles[situation]}>
      <div className={styles.text}>{texts[situation](prototypes)}</div>
    </Panel>
  );
}

const titles: Record<Situation, string> = {
  rest: 'What will happen',
  preparing: 'Before the first step',
  'warming up': 'What you are looking at',
  training: 'What you are looking at',
  uniform: 'Uniform collapse',
  'one-hot': 'One-hot collapse',
  slow: 'A teacher too soft',
  shortcut: 'A shortcut',
  paused: 'Paused',
  finished: 'What came of it',
  failed: 'It stopped',
};

const logOf = (prototypes: number) => `ln ${prototypes} = ${Math.log(prototypes).toFixed(3)}`;

const source = <p className={styles.soft}>Caron et al. 2021, equations 1 and 2</p>;

const principle = (
  <p>
    Two copies of the same network look at different crops of one picture. The <Student /> sees all crops; the{' '}
    <Teacher />, a slow average of past students, sees only the large ones. The student learns to say what the
    teacher says.
  </p>
);

const texts: Record<Situation, (prototypes: number) => ReactNode> = {
  rest: () => (
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
  preparing: () => (
    <>
      <p>
        The network is built from its seed and scored as it is, with random weights. Even these tell some
        pictures apart: that is the grey, dashed line which training has to beat.
      </p>
      <p>
        Raw pixels and colour histograms are scored too. A method that cannot beat them has learnt nothing
        worth it.
      </p>
    </>
  ),
  'warming up': (prototypes) => (
    <>
      {principle}
      <Equation />
      <p>
        The learning rate still climbs and the last layer is frozen at first. A student who says nothing has a
        loss of {logOf(prototypes)}; one whose random weights already tell pictures apart begins above it.
      </p>
      {source}
    </>
  ),
  training: (prototypes) => (
    <>
      {principle}
      <Equation />
      <p>
        The loss alone says little: it falls when the teacher grows surer, too. Watch k-NN and the attention
        beside it. The line at {logOf(prototypes)} is a student who says nothing.
      </p>
      <TeacherEquation />
      <p>
        Centring (<i>c</i>) keeps one prototype from winning everything; a low temperature (<i>τ</i>) keeps
        the <Teacher /> from saying nothing. Each prevents the other’s collapse.
      </p>
      {source}
    </>
  ),
  uniform: (prototypes) => (
    <>
      <p>
        The <Teacher /> gives every prototype the same share, whatever the picture, and the <Student /> has
        learnt to say so. The loss sits at {logOf(prototypes)}, and nothing pulls it away.
      </p>
      <TeacherEquation />
      <p>
        It happens when the views of a picture share too little, or the teacher’s temperature <i>τ</i> is too
        high. Make it lower, weaken the jitter, or widen the crops.
      </p>
    </>
  ),
  'one-hot': () => (
    <>
      <p>
        One prototype wins for every picture. <Student /> and <Teacher /> agree perfectly and say nothing; the
        loss is near 0.
      </p>
      <TeacherEquation />
      <p>
        Centring (<i>c</i>) is there to prevent it: switch it on, take Sinkhorn, or raise the teacher’s
        temperature.
      </p>
    </>
  ),
  slow: () => (
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
  shortcut: () => (
    <>
      <p>
        Everything looks healthy, but attention is not on the objects. Something else identifies each picture
        and is easier to see: its background, its light, its style.
      </p>
      <p>The loss cannot know the difference. That is why the masks are kept for scoring.</p>
    </>
  ),
  paused: () => (
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
  finished: () => <Conclusion />,
  failed: () => (
    <p>
      The message above says what happened. Curves and scores up to that point are still here, and you can
      download them below.
    </p>
  ),
};
