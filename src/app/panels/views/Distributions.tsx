/** The teacher's word on one global view, and what the student guessed from each of the others. */

import { useMemo, useState } from 'react';
import type { ViewsReport } from '../../../session/protocol';
import { Choice } from '../panel/Panel';
import styles from './views.module.css';
import { barsPath, chosenPrototypes, pairsOf, prototypeCount, rowAt, strongest, type Word } from './words';

interface DistributionsProps {
  report: ViewsReport;
  marked: number | null;
  onMark(view: number | null): void;
}

/** More bars than this cannot be told apart. */
const mostBars = 64;

export function Distributions({ report, marked, onMark }: DistributionsProps) {
  const [teacherView, setTeacherView] = useState(0);
  const count = prototypeCount(report);
  const { teacher, pairs, prototypes, peak } = useMemo(() => {
    const word = rowAt(report.teacher, teacherView, count);
    const each = pairsOf(report, teacherView);
    const all = [word, ...each.map(({ student }) => student)];
    const chosen = chosenPrototypes(all, mostBars);
    const highest = Math.max(1e-6, ...all.map((distribution) => strongest(distribution).share));
    return { teacher: word, pairs: each, prototypes: chosen, peak: highest };
  }, [report, teacherView, count]);
  const teacherBars = barsPath(teacher, prototypes, peak);
  return (
    <div className={styles.words}>
      <div className={styles.wordsHead}>
        <span>the teacher’s word on</span>
        <Choice<number>
          label="Which word of the teacher"
          options={report.views
            .slice(0, 2)
            .map(({ name }, view) => ({ value: view, label: name, colour: 'var(--teacher)' }))}
          value={teacherView}
          onChange={setTeacherView}
        />
        <span>and each view’s guess, picture 1</span>
      </div>
      <div className={styles.pair}>
        <span className={styles.pairName}>teacher</span>
        <Bars count={prototypes.length} path={teacherBars} colour="var(--teacher)" />
        <span className={styles.pairNumbers}>{word(strongest(teacher))}</span>
      </div>
      {pairs.map((pair) => (
        <div
          key={pair.view}
          className={styles.pair}
          data-faded={marked !== null && marked !== pair.view}
          onPointerEnter={() => onMark(pair.view)}
          onPointerLeave={() => onMark(null)}
        >
          <span className={styles.pairName}>{pair.name}</span>
          <Bars
            count={prototypes.length}
            path={barsPath(pair.student, prototypes, peak)}
            colour="var(--student)"
            under={teacherBars}
          />
          <span className={styles.pairNumbers}>
            <b>{pair.term.toFixed(2)}</b> {word(pair.top)}
          </span>
        </div>
      ))}
      <p className={styles.legend}>
        <b>Bold</b>: cross-entropy of the pair, mean over the batch; all of them average to the loss. Then the
        strongest prototype.{' '}
        {prototypes.length < count
          ? `The ${prototypes.length} strongest of ${count} prototypes are drawn.`
          : `${count} prototypes.`}
      </p>
    </div>
  );
}

function Bars(props: { count: number; path: string; colour: string; under?: string }) {
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${Math.max(1, props.count)} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {props.under !== undefined && <path d={props.under} fill="var(--teacher)" opacity={0.28} />}
      <path d={props.path} fill={props.colour} />
    </svg>
  );
}

function word({ prototype, share }: Word): string {
  return `№ ${prototype + 1}: ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
