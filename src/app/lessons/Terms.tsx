/** Words and formulas in the colours they have everywhere: what predicts teal, what is to be predicted amber. */

import type { ReactNode } from 'react';
import styles from './lessons.module.css';

export const Student = ({ children = 'student' }: { children?: ReactNode }) => (
  <b className={styles.student}>{children}</b>
);

export const Teacher = ({ children = 'teacher' }: { children?: ReactNode }) => (
  <b className={styles.teacher}>{children}</b>
);

/** The loss of DINO: for each large view the teacher saw, what the student says of every other view. */
export function Equation() {
  return (
    <div
      className={styles.equation}
      role="math"
      aria-label="L equals minus the sum over large views x and all other views x prime of P teacher of x times log P student of x prime"
    >
      <span aria-hidden="true">
        <i>L</i> = −{' '}
        <span className={styles.sum}>
          Σ
          <sub>
            <i>x</i>, <i>x′</i> ≠ <i>x</i>
          </sub>
        </span>{' '}
        <Teacher>
          <i>P</i>
          <sub>t</sub>(<i>x</i>)
        </Teacher>{' '}
        log{' '}
        <Student>
          <i>P</i>
          <sub>s</sub>(<i>x′</i>)
        </Student>
      </span>
    </div>
  );
}

/** How the teacher comes about: sharpened, centred, a slow average of students. */
export function TeacherEquation() {
  return (
    <div
      className={styles.equation}
      role="math"
      aria-label="P teacher equals softmax of g teacher minus the centre c, divided by tau teacher. Theta teacher becomes m theta teacher plus one minus m theta student"
    >
      <span aria-hidden="true">
        <Teacher>
          <i>P</i>
          <sub>t</sub>
        </Teacher>{' '}
        = softmax((<i>g</i>
        <sub>t</sub> − <i>c</i>) / <i>τ</i>
        <sub>t</sub>)
        <br />
        <Teacher>
          <i>θ</i>
          <sub>t</sub>
        </Teacher>{' '}
        ← <i>m</i>{' '}
        <Teacher>
          <i>θ</i>
          <sub>t</sub>
        </Teacher>{' '}
        + (1 − <i>m</i>){' '}
        <Student>
          <i>θ</i>
          <sub>s</sub>
        </Student>
      </span>
    </div>
  );
}

/** What predicts, in PAWS and SwAV. */
export const Anchor = ({ children = 'anchor' }: { children?: ReactNode }) => <Student>{children}</Student>;

/** What is to be predicted. */
export const Target = ({ children = 'target' }: { children?: ReactNode }) => <Teacher>{children}</Teacher>;

function Formula({ said, children }: { said: string; children: ReactNode }) {
  return (
    <div className={styles.equation} role="math" aria-label={said}>
      <span aria-hidden="true">{children}</span>
    </div>
  );
}

/** How labelled pictures vote on a view: soft nearest neighbours, and sharpening. */
export function VoteEquation() {
  return (
    <Formula said="p equals softmax of z times the transposed z of the support, divided by tau, times the labels y of the support. Rho of p is p to the power one over T, divided by its sum">
      <Anchor>
        <i>p</i>
      </Anchor>{' '}
      = softmax(<i>z</i> · <i>z</i>
      <sub>S</sub>
      <sup>⊤</sup> / <i>τ</i>) <i>y</i>
      <sub>S</sub>
      <br />
      <Target>
        <i>ρ</i>(<i>p</i>)
      </Target>{' '}
      = <i>p</i>
      <sup>
        1/<i>T</i>
      </sup>{' '}
      / <span className={styles.sum}>Σ</span> <i>p</i>
      <sup>
        1/<i>T</i>
      </sup>
    </Formula>
  );
}

/** The loss of PAWS: each view is told the other’s sharpened vote; over the batch all classes are used. */
export function PawsEquation() {
  return (
    <Formula said="L equals one half of H of rho of p prime and p, plus H of rho of p and p prime, minus H of the mean sharpened p">
      <i>L</i> = ½ [ <i>H</i>(
      <Target>
        <i>ρ</i>(<i>p′</i>)
      </Target>
      ,{' '}
      <Anchor>
        <i>p</i>
      </Anchor>
      ) + <i>H</i>(
      <Target>
        <i>ρ</i>(<i>p</i>)
      </Target>
      ,{' '}
      <Anchor>
        <i>p′</i>
      </Anchor>
      ) ] − <i>H</i>(<i>p̄</i>)
    </Formula>
  );
}

/** The loss of SwAV: each view predicts the other’s assignment. */
export function SwavEquation() {
  return (
    <Formula said="L equals minus the sum over prototypes of q of one view times log p of the other, plus the same swapped">
      <i>L</i> = −{' '}
      <span className={styles.sum}>
        Σ<sub>K</sub>
      </span>{' '}
      <Target>
        <i>q</i>
        <sub>1</sub>
      </Target>{' '}
      log{' '}
      <Anchor>
        <i>p</i>
        <sub>2</sub>
      </Anchor>{' '}
      +{' '}
      <Target>
        <i>q</i>
        <sub>2</sub>
      </Target>{' '}
      log{' '}
      <Anchor>
        <i>p</i>
        <sub>1</sub>
      </Anchor>
    </Formula>
  );
}

/** Cross-entropy with the given label. */
export function SupervisedEquation() {
  return (
    <Formula said="L equals minus log p of the given label y">
      <i>L</i> = − log{' '}
      <Anchor>
        <i>p</i>
      </Anchor>
      (
      <Target>
        <i>y</i>
      </Target>
      )
    </Formula>
  );
}
