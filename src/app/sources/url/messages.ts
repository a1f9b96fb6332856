/** Every message between the page and the download worker; both sides parse what they receive. */
import * as v from 'valibot';

const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));

/** Why nothing came, in a code; the words are in `failures.ts`. */
const failureSchema = v.variant('kind', [
  v.object({
    kind: v.picklist(['offline', 'unreachable', 'not-allowed', 'closed', 'redirect', 'policy', 'unexpected']),
  }),
  v.object({ kind: v.literal('status'), status: v.number() }),
  v.object({ kind: v.literal('not-an-archive'), found: v.picklist(['empty', 'page', 'other']) }),
  v.object({ kind: v.literal('too-large'), limit: bytes }),
  /** The answer began and did not end; `stalled`: it still might. */
  v.object({ kind: v.picklist(['broken', 'stalled']), received: bytes }),
]);
export type DownloadFailure = v.InferOutput<typeof failureSchema>;

export const downloadRequestSchema = v.object({
  url: v.string(),
  /** Whether a policy holds the worker to the host named, so that redirects may be followed. */
  guarded: v.boolean(),
});
export type DownloadRequest = v.InferOutput<typeof downloadRequestSchema>;

export const downloadEventSchema = v.variant('type', [
  /** `total`: null where the host does not say. */
  v.object({ type: v.literal('progress'), received: bytes, total: v.nullable(bytes) }),
  v.object({
    type: v.literal('done'),
    file: v.instance(Blob),
    archive: v.picklist(['zip', 'tar', 'gz']),
  }),
  v.object({ type: v.literal('failed'), failure: failureSchema }),
]);
export type DownloadEvent = v.InferOutput<typeof downloadEventSchema>;
