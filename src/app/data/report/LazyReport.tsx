/** The report as a chunk of its own, fetched when it is opened first. */

import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import { reportSurface } from './reportSurface';

const Loaded = lazy(() => import('./ReportDialog').then((module) => ({ default: module.ReportDialog })));

export function LazyReport() {
  const wanted = reportSurface.use((s) => s.wanted);
  if (!wanted) return null;
  return (
    <ErrorBoundary what="The report">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
