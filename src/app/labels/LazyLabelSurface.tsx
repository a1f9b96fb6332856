/** The labelling surface as a chunk of its own, fetched when it is opened first. */

import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../shell/ErrorBoundary';
import { useLabelSurface } from './opening';

const Loaded = lazy(() => import('./LabelSurface').then((module) => ({ default: module.LabelSurface })));

export function LazyLabelSurface() {
  const open = useLabelSurface((s) => s.open);
  const wanted = useLabelSurface((s) => s.wanted);
  if (!open && !wanted) return null;
  return (
    <ErrorBoundary what="The labels">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
