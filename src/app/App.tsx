/**
 * The page: set-up on the left, live panels in the middle, the explanation on the right, run controls above and
 * the runs so far below. On a narrow screen they stand one under the other, and the set-up folds away once a run
 * has begun.
 */

import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';
import { DropAndPaste } from './data/adding/DropAndPaste';
import { LazyDataSurface } from './data/surface/LazyDataSurface';
import { LazyExperiment } from './experiment/LazyExperiment';
import { LazyLabelSurface } from './labels/LazyLabelSurface';
import { Runs } from './runs/Runs';
import { SetUp } from './setup/SetUp';
import { Footer } from './shell/Footer';
import { Header } from './shell/Header';
import { LazyLessons } from './shell/LazyLessons';
import { LazyPanels } from './shell/lazyPanels';
import { Notices } from './shell/Notices';
import styles from './shell/shell.module.css';
import { useLeaveGuard } from './shell/useLeaveGuard';
import { useShortcuts } from './shell/useShortcuts';
import { Welcome } from './shell/Welcome';
import { useUi } from './store/actions';
import { methodTitle } from './store/facts';
import { useRun } from './store/run';
import { useSetup } from './store/setup';

export function App() {
  useShortcuts();
  useLeaveGuard();
  const narrow = useMediaQuery('(max-width: 1100px)', false, { getInitialValueInEffect: false });
  const atRest = useRun((s) => s.prepared === null && s.run.phase !== 'preparing');
  const hasNumbers = useRun((s) => s.stepsRecorded > 0);
  const setUp = (
    <section key="set-up" className={styles.setUp} aria-label="Set-up">
      <Fold when={narrow && !atRest}>
        <SetUp />
      </Fold>
    </section>
  );
  const middle = (
    <section key="live" className={styles.middle} aria-label="What is happening">
      <Notices />
      {atRest && <Welcome />}
      {(!atRest || hasNumbers) && <LazyPanels ofEarlierRun={atRest} />}
    </section>
  );
  const lessons = (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the column scrolls by itself, by key too
    <aside key="lessons" className={styles.lessons} aria-label="Explanation" tabIndex={0}>
      <LazyLessons />
    </aside>
  );
  return (
    <div className={styles.page}>
      <Header />
      <main className={styles.columns}>
        {narrow && atRest ? [middle, setUp, lessons] : [setUp, middle, lessons]}
      </main>
      <Runs />
      <Footer />
      <DropAndPaste />
      <LazyLabelSurface />
      <LazyDataSurface />
      <LazyExperiment />
    </div>
  );
}

/** Hides its contents behind one line while `when` holds; they stay as they are. */
function Fold({ when, children }: { when: boolean; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const shownField = useUi((s) => s.shownField);
  const data = useSetup((s) => s.recipe.data);
  const method = useSetup((s) => methodTitle(s.recipe));
  const preset = useSetup((s) => s.preset);
  useEffect(() => {
    if (shownField !== null) setOpen(true);
  }, [shownField]);
  const visible = !when || open;
  return (
    <>
      {when && (
        <button type="button" className={styles.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          <b>Set-up</b>
          <span>
            {data} · {method} · {preset}
          </span>
          <span aria-hidden="true">{open ? '−' : '+'}</span>
        </button>
      )}
      <div className={styles.stack} hidden={!visible}>
        {children}
      </div>
    </>
  );
}
