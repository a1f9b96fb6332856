/**
 * The ballot (Assran et al. 2021, section 3): for a picture whose label is hidden, which labelled pictures voted for
 * its pseudo-label, what the votes come to before and after sharpening, and whether the hidden label agrees. A
 * labelled picture can be given another class right here, and the votes change.
 */

import { memo, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { type BallotsReport, maxBallots } from '../../../session/protocol';
import { changeLabels, undoLabels, useLabels } from '../../store/labels';
import { reportError } from '../../store/notify';
import { session, useRun } from '../../store/run';
import { Empty, Panel } from '../panel/Panel';
import styles from './ballot.module.css';
import { ClassUse, PseudoRight } from './ClassUse';
import { Supporters } from './Supporters';
import { saidClass, tallyOf, uncounted } from './tally';
import { BallotViews, Verdict } from './Verdict';
import { VoteBars } from './VoteBars';
import { Watched } from './Watched';
import { pageWords, turnPage, unlabelledOf } from './watching';

const title = 'The ballot';
const note = 'labelled pictures vote on what a picture shows';

export function BallotPanel() {
  const report = useDeferredValue(useRun((run) => run.ballots));
  const phase = useRun((run) => run.run.phase);
  if (report === null || report.ballots.length === 0) {
    return (
      <Panel title={title} note={note}>
        <Empty>
          {report !== null
            ? 'Every training picture tells its label, so there is none to vote on.'
            : phase === 'running'
              ? 'The first ballot is on its way: it is counted after the first step, and again at every evaluation.'
              : 'Which labelled pictures voted for the pseudo-label of an unlabelled one appears here after the first step, and again at every evaluation.'}
        </Empty>
      </Panel>
    );
  }
  return <Ballots report={report} />;
}

const Ballots = memo(function Ballots({ report }: { report: BallotsReport }) {
  const { ballots, classNames, warnings } = report;
  const [at, setAt] = useState(0);
  const [chosenView, setView] = useState(0);
  const ballot = ballots[Math.min(at, ballots.length - 1)]!;
  const view = Math.min(chosenView, Math.max(0, ballot.views.length - 1));
  const tally = useMemo(() => tallyOf(ballot, view), [ballot, view]);
  const watching = useWatching(report);
  const labels = useRelabelling(report);
  const name = (i: number) => ballot.views[i]?.name ?? `view ${i + 1}`;
  return (
    <Panel
      title={title}
      note={`${note} · step ${report.step}`}
      aside={
        <Watched report={report} chosen={Math.min(at, ballots.length - 1)} onChoose={setAt} {...watching} />
      }
    >
      <div className={styles.frame}>
        {tally === null ? (
          <p className={styles.words}>
            Picture {ballot.index} has not been voted on yet: no labelled picture took part.
          </p>
        ) : (
          <>
            <div className={styles.layout}>
              <BallotViews ballot={ballot} chosen={view} onChoose={setView} />
              <div className={styles.result}>
                <Verdict
                  tally={tally}
                  classNames={classNames}
                  from={name(view)}
                  to={ballot.views.length > 1 ? name(1 - view) : 'the other view'}
                />
                <VoteBars tally={tally} classNames={classNames} />
              </div>
            </div>
            <Supporters
              key={ballot.index}
              report={report}
              tally={tally}
              relabelled={labels.relabelled}
              onRelabel={labels.relabel}
            />
          </>
        )}
        {labels.last !== null && (
          <p className={styles.words} role="status">
            Picture {labels.last.index} is labelled {saidClass(classNames, labels.last.label)} now; labels are
            by hand from here on.{' '}
            <button type="button" className={styles.plain} onClick={labels.undo}>
              Undo
            </button>
          </p>
        )}
        {warnings.length > 0 && (
          <ul className={styles.warnings} aria-label="What is thin about these votes">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        )}
        <div className={styles.pair}>
          <ClassUse report={report} />
          <PseudoRight classes={classNames.length} />
        </div>
      </div>
    </Panel>
  );
});

/** Turns to other pictures; they come with the next ballot, which is asked for at once. */
function useWatching(report: BallotsReport) {
  const trainIndices = useLabels((labels) => labels.trainIndices);
  const given = useRun((run) => run.labels?.given ?? null);
  const candidates = useMemo(() => unlabelledOf(trainIndices, given), [trainIndices, given]);
  const [asked, setAsked] = useState<readonly number[] | null>(null);
  const watched = useMemo(() => report.ballots.map(({ index }) => index), [report]);
  const waiting = asked?.some((index) => !watched.includes(index)) ?? false;
  useEffect(() => {
    if (!waiting) setAsked(null);
  }, [waiting]);
  const turn = (by: 1 | -1) => {
    const next = turnPage(candidates, asked ?? watched, by, maxBallots);
    setAsked(next);
    session()
      .watchBallots(next)
      .catch((thrown: unknown) => {
        setAsked(null);
        reportError(thrown);
      });
  };
  return {
    waiting,
    place: pageWords(candidates, watched),
    onTurn: candidates.length > watched.length ? turn : null,
  };
}

/** Gives labelled pictures other classes, and remembers which until the votes are counted again. */
function useRelabelling(report: BallotsReport) {
  const [changes, setChanges] = useState<ReadonlyMap<number, number>>(new Map());
  const [last, setLast] = useState<{ index: number; label: number } | null>(null);
  const relabelled = useMemo(() => uncounted(report, changes), [report, changes]);
  const attempt = (action: () => void): boolean => {
    try {
      action();
      return true;
    } catch (thrown) {
      reportError(thrown);
      return false;
    }
  };
  const relabel = (index: number, label: number) => {
    if (!attempt(() => changeLabels({ kind: 'give', indices: [index], class: label }))) return;
    setChanges(new Map([...relabelled, [index, label]]));
    setLast({ index, label });
  };
  const undo = () => {
    if (!attempt(undoLabels)) return;
    setChanges(new Map([...relabelled].filter(([index]) => index !== last?.index)));
    setLast(null);
  };
  return { relabelled, relabel, last, undo };
}
