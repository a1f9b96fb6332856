/** Everything that is drawn while it trains. The panels come as a chunk of their own, so that the page appears at once. */

import { Skeleton } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import styles from './shell.module.css';

const load = () => import('../panels');

/** Fetches the panels before they are needed. */
export function preloadPanels(): void {
  // Not being there yet is told when they are needed.
  load().catch(() => undefined);
}

const HealthBanner = lazy(() => load().then((m) => ({ default: m.HealthBanner })));
const LossPanel = lazy(() => load().then((m) => ({ default: m.LossPanel })));
const KnowsClassesPanel = lazy(() => load().then((m) => ({ default: m.KnowsClassesPanel })));
const AttentionPanel = lazy(() => load().then((m) => ({ default: m.AttentionPanel })));
const ViewsPanel = lazy(() => load().then((m) => ({ default: m.ViewsPanel })));
const CollapsePanel = lazy(() => load().then((m) => ({ default: m.CollapsePanel })));
const SchedulesPanel = lazy(() => load().then((m) => ({ default: m.SchedulesPanel })));

/** @param ofEarlierRun the numbers are those of a run that has ended; the next one replaces them */
export function LivePanels({ ofEarlierRun }: { ofEarlierRun: boolean }) {
  return (
    <>
      {ofEarlierRun && <p className={styles.earlier}>The run before, until the next one starts:</p>}
      {!ofEarlierRun && (
        <Slot what="The diagnosis" height={44}>
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

function Slot({ what, height = 300, children }: { what: string; height?: number; children: ReactNode }) {
  return (
    <ErrorBoundary what={what}>
      <Suspense fallback={<Skeleton height={height} radius={12} />}>{children}</Suspense>
    </ErrorBoundary>
  );
}
