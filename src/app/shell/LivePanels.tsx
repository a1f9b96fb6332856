/** Everything that is drawn while it trains, each part for itself: one that fails leaves the others alone. */

import type { ReactNode } from 'react';
import { methodFacts } from '../../recipe';
import {
  AttentionPanel,
  BallotPanel,
  ClassificationPanel,
  CollapsePanel,
  HealthBanner,
  KnowsClassesPanel,
  LossPanel,
  SchedulesPanel,
  useMethod,
  ViewsPanel,
} from '../panels';
import { useRun } from '../store/run';
import { ErrorBoundary } from './ErrorBoundary';
import styles from './shell.module.css';

/** @param ofEarlierRun the numbers are those of a run that has ended; the next one replaces them */
export function LivePanels({ ofEarlierRun }: { ofEarlierRun: boolean }) {
  const method = useMethod();
  const hasAttention = useRun((run) => run.prepared?.hasAttention ?? run.attention !== null);
  const reads = methodFacts[method].readsLabels;
  const labelled = useRun((run) => run.evaluations.some(({ classification }) => classification !== null));
  const attention = (
    <Slot key="attention" what="The attention">
      <AttentionPanel />
    </Slot>
  );
  const classification = (reads || labelled) && (
    <Slot key="classification" what="The accuracy">
      <ClassificationPanel />
    </Slot>
  );
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
      {method === 'paws' && (
        <Slot what="The ballot">
          <BallotPanel />
        </Slot>
      )}
      {reads ? [classification, hasAttention && attention] : [attention, classification]}
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
