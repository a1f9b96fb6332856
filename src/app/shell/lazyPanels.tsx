/** The live panels as a chunk of their own, so that the page appears at once; fetched before they are needed. */

import { Skeleton } from '@mantine/core';
import { type ComponentProps, lazy, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import type { LivePanels } from './LivePanels';

const load = () => import('./LivePanels').then((module) => ({ default: module.LivePanels }));
const Loaded = lazy(load);

/** Fetches the panels. Their not being there is told when they are needed. */
export function preloadPanels(): void {
  load().catch(() => undefined);
}

export function LazyPanels(props: ComponentProps<typeof LivePanels>) {
  return (
    <ErrorBoundary what="The live panels">
      <Suspense fallback={<Skeleton height={420} radius={12} />}>
        <Loaded {...props} />
      </Suspense>
    </ErrorBoundary>
  );
}
