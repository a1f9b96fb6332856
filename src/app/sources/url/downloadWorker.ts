/**
 * The download worker: fetches one archive from the one host that its own content-security policy allows
 * (`scripts/policy.mjs`), hands it over and is ended. The page itself may reach no host but its own.
 */
import * as v from 'valibot';
import { DownloadError, fetchArchive } from './fetchArchive';
import { type DownloadEvent, downloadRequestSchema } from './messages';

/** The report of a blocked request comes a moment after the request has failed, ms. */
const reportDelay = 100;
/** Progress is told at most this often, ms. */
const progressEvery = 100;

const tell = (event: DownloadEvent) => self.postMessage(event);

let blocked = false;
self.addEventListener('securitypolicyviolation', () => {
  blocked = true;
});

async function blockedSoon(): Promise<boolean> {
  if (!blocked) await new Promise((resolve) => setTimeout(resolve, reportDelay));
  return blocked;
}

let lastTold = 0;
function progress(received: number, total: number | null): void {
  const now = performance.now();
  if (now - lastTold < progressEvery) return;
  lastTold = now;
  tell({ type: 'progress', received, total });
}

self.addEventListener('message', async (event: MessageEvent<unknown>) => {
  try {
    const request = v.parse(downloadRequestSchema, event.data);
    const archive = await fetchArchive(request, {
      fetch: (url, init) => fetch(url, init),
      online: () => navigator.onLine,
      blocked: blockedSoon,
      progress,
    });
    tell({ type: 'done', ...archive });
  } catch (thrown) {
    const failure = thrown instanceof DownloadError ? thrown.failure : { kind: 'unexpected' as const };
    tell({ type: 'failed', failure });
  }
});
