/** Imports that go on, those that ended with something to say, and those that were lost with their page. */

import { Button, Progress } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { LibraryProgress } from '../../../session/library';
import { plural, showCount, showName } from '../../format';
import { Notice } from '../../shell/Notice';
import { useUnderWay } from '../../store/facts';
import {
  dismissEnded,
  dismissLost,
  type EndedImport,
  type ImportJob,
  switchTo,
  useImports,
} from '../../store/library';
import { useLibrary } from '../../store/libraryState';
import { useSetup } from '../../store/setup';
import { showReport } from '../report/reportSurface';
import styles from './library.module.css';

export function RunningImports() {
  const jobs = useImports((s) => s.jobs);
  return jobs.map((job) => <Job key={job.id} {...job} />);
}

function Job({ name, progress, cancel }: ImportJob) {
  const percent = progress === null || progress.total === 0 ? 0 : (100 * progress.done) / progress.total;
  const place = useRef<HTMLDivElement>(null);
  // Whoever has just begun it wants to see that it goes on, and what comes of it stands in its place.
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <div ref={place} className={styles.job}>
      <div className={styles.head}>
        <bdi className={styles.name}>{name}</bdi>
        <Button variant="default" size="compact-xs" className={styles.cancel} onClick={cancel}>
          Cancel
        </Button>
      </div>
      <Progress value={percent} size={6} aria-label={`Import of ${showName(name)}`} />
      <span className={styles.soft}>{stageWords(progress)}</span>
    </div>
  );
}

function stageWords(progress: LibraryProgress | null): string {
  if (progress === null) return 'Waiting to begin…';
  const { stage, done, total } = progress;
  if (stage === 'listing')
    return total > 0 ? `Looking into ${plural(total, 'file')}…` : 'Looking into the files…';
  if (stage === 'writing') return 'Writing it down…';
  return `${showCount(done)} of ${plural(total, 'file')} read`;
}

export function EndedImports() {
  const ended = useImports((s) => s.ended);
  return ended.toReversed().map((one) => <Ended key={one.id} {...one} />);
}

function Ended({ id, name, outcome }: EndedImport) {
  const { report } = outcome;
  const close = () => dismissEnded(id);
  const toReport = report !== null && report.lines.length > 0 && (
    <Button variant="default" size="compact-xs" onClick={() => showReport(name, report)}>
      File by file…
    </Button>
  );
  if (!outcome.ok) {
    const { message, hint } = outcome.error;
    return (
      <Notice kind="bad" title={message} onClose={close}>
        <div className={styles.news}>
          <p>{hint} Nothing of this import was kept; what was there before is as it was.</p>
          {toReport}
        </div>
      </Notice>
    );
  }
  const { lines, warnings } = outcome.report;
  const came = lines.filter((line) => line.outcome === 'imported' || line.outcome === 'converted').length;
  const skipped = lines.filter((line) => line.outcome === 'skipped').length;
  return (
    <Notice
      kind={skipped > 0 || warnings.length > 0 ? 'warn' : 'news'}
      title={`${showName(name)}: ${plural(came, 'picture')} came in`}
      onClose={close}
    >
      <div className={styles.news}>
        {skipped > 0 && <p>{plural(skipped, 'file')} could not be used and did no harm.</p>}
        {warnings.length > 0 && (
          <ul className={styles.warnings}>
            {warnings.slice(0, mostWarnings).map(({ code, message }) => (
              <li key={`${code} ${message}`} className={styles.warning}>
                {message}
              </li>
            ))}
            {warnings.length > mostWarnings && <li>and {warnings.length - mostWarnings} more</li>}
          </ul>
        )}
        <div className={styles.row}>
          {toReport}
          <UseIt id={outcome.set.id} />
        </div>
      </div>
    </Notice>
  );
}

/** Warnings in the card; all are in the report. */
const mostWarnings = 3;

/** Offers the set that came in while a run kept its own. */
function UseIt({ id }: { id: string }) {
  const used = useSetup((s) => s.recipe.data === 'folder' && s.own?.id === id);
  const set = useLibrary((s) => s.sets.find((one) => one.id === id));
  const underWay = useUnderWay();
  if (used || set === undefined) return null;
  if (underWay) return <span className={styles.soft}>Stop the run to use it.</span>;
  return (
    <Button variant="default" size="compact-xs" onClick={() => void switchTo(set)}>
      Use it now
    </Button>
  );
}

export function LostImports() {
  const lost = useLibrary((s) => s.lost);
  return lost.map(({ id, name, done, total }) => (
    <Notice
      key={id}
      kind="warn"
      title={`The import of ${showName(name)} was cut short`}
      onClose={() => void dismissLost(id)}
    >
      <p>
        The page closed after {showCount(done)} of {plural(total, 'file')}. Nothing of it was kept, and
        everything else is as it was. Add it again.
      </p>
    </Notice>
  ));
}
