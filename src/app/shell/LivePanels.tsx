/** Everything that is drawn while it trains, each part for itself: one that fails leaves the others alone. */

import type { ReactNode } from 'react';
import {
  AttentionPanel,
  CollapsePanel,
  HealthBanner,
  KnowsClassesPanel,
  LossPanel,
  SchedulesPanel,
  ViewsPanel,
} from '../panels';
import { ErrorBoundary } from './ErrorBoundary';
import styles from './shell.module.css';

/** @param ofEarlierRun the numbers are those of a run that has ended; the next one replaces them */
export function LivePanels({ ofEarlierRun }: { ofEarlierRun: boolean }) {
  return (
    <>
      {ofEarlierRun && <p className={styles.earlier}>The run before, until the next one starts:</p>}
      {!ofEarlierRun && (
        <Slot what="The diagnosis">
          <HealthBanner />
        </Slot>
      )}
      <div className={styles.pair}>
        <Slot what="The loss">
          <LossPanel />
        </Slot>
        <Slot what="The k-NN scores">
          <KnowsClassesPanel />
        </Slot>
      </div>
      <Slot what="The attention">
        <AttentionPanel />
      </Slot>
      <Slot what="The views">
        <ViewsPanel />
      </Slot>
      <div className={styles.pair}>
        <Slot what="The collapse gauges">
          <CollapsePanel />
        </Slot>
        <Slot what="The schedules">
          <SchedulesPanel />
        </Slot>
      </div>
    </>
  );
}

function Slot({ what, children }: { what: string; children: ReactNode }) {
  return <ErrorBoundary what={what}>{children}</ErrorBoundary>;
}
