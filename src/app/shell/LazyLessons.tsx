/** The explanation as a chunk of its own, fetched at once: the run controls and the pictures need not wait for it. */

import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';

const Loaded = lazy(() => import('../lessons/Lessons').then((module) => ({ default: module.Lessons })));

export function LazyLessons() {
  return (
    <ErrorBoundary what="The explanation">
      <Suspense fallback={<Skeleton height={260} radius={12} />}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
