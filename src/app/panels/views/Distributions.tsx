/** What the loss wanted to hear of one global view, and what each of the others answered. */

import { useMemo, useState } from 'react';
import type { ViewsReport } from '../../../session/protocol';
import { Choice } from '../panel/Panel';
import { useClassNames, useMethod } from '../run';
import styles from './views.module.css';
import {
  type Answers,
  answerWords,
  barsPath,
  chosenAnswers,
  pairsOf,
  rowAt,
  sizesOf,
  strongest,
  type Word,
} from './words';

interface DistributionsProps {
  views: ViewsReport['views'];
  answers: Answers;
  marked: number | null;
  onMark(view: number | null): void;
}

/** More bars than this cannot be told apart. */
const mostBars = 64;

export function Distributions({ views, answers, marked, onMark }: DistributionsProps) {
  const words = answerWords[useMethod()];
  const classNames = useClassNames();
  const [chosen, setChosen] = useState(0);
  const sizes = sizesOf(answers, views.length);
  const target = Math.min(chosen, sizes.targets - 1);
  const { wanted, pairs, drawn, peak } = useMemo(() => {
    const row = rowAt(answers.targets, target, sizes.answers);
    const each = pairsOf(views, answers, target);
    const all = [row, ...each.map(({ prediction }) => prediction)];
    const highest = Math.max(1e-6, ...all.map((distribution) => strongest(distribution).share));
    return { wanted: row, pairs: each, drawn: chosenAnswers(all, mostBars), peak: highest };
  }, [views, answers, target, sizes.answers]);
  const name = (answer: number) =>
    words.answers === 'classes' ? (classNames[answer] ?? `class ${answer + 1}`) : `№ ${answer + 1}`;
  const targetBars = barsPath(wanted, drawn, peak);
  return (
    <div className={styles.words}>
      <div className={styles.wordsHead}>
        <span>{words.targetOf}</span>
        <Choice<number>
          label="Of which view the target is shown"
          options={views
            .slice(0, sizes.targets)
            .map((view, i) => ({ value: i, label: view.name, colour: 'var(--teacher)' }))}
          value={target}
          onChange={setChosen}
        />
        <span>and each view’s answer, picture 1</span>
      </div>
      <div className={styles.pair}>
        <span className={styles.pairName}>{words.target}</span>
        <Bars count={drawn.length} path={targetBars} colour="var(--teacher)" />
        <Numbers word={strongest(wanted)} name={name} />
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
            count={drawn.length}
            path={barsPath(pair.prediction, drawn, peak)}
            colour="var(--student)"
            under={targetBars}
          />
          <Numbers term={pair.term} word={pair.top} name={name} />
        </div>
      ))}
      <p className={styles.legend}>
        <b>Bold</b>: cross-entropy of the pair, mean over the batch; {words.total}. Then the strongest answer.{' '}
        {drawn.length < sizes.answers
          ? `The ${drawn.length} strongest of ${sizes.answers} ${words.answers} are drawn.`
          : `${sizes.answers} ${words.answers}.`}
      </p>
    </div>
  );
}

function Numbers(props: { term?: number; word: Word; name(answer: number): string }) {
  const { answer, share } = props.word;
  const text = `${props.name(answer)}: ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  return (
    <span className={styles.pairNumbers} title={text}>
      {props.term !== undefined && <b>{props.term.toFixed(2)}</b>} {text}
    </span>
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
