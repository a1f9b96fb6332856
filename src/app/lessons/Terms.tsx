/** Words and formulas in the colours they have everywhere: student teal, teacher amber. */

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
