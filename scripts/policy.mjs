/**
 * The content-security policy of the built page: sent as a header by `serve.mjs`, and written into the page by the
 * build for hosts that send none (a worker there has its own response, so only a header reaches it).
 */
const directives = {
  'default-src': "'self'",
  // A dependency of tfjs compiles WebAssembly when it is imported.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self' blob:",
  'connect-src': "'self'",
  'img-src': "'self' blob: data:",
  // Videos that a person chose, to take their frames.
  'media-src': "'self' blob:",
  // Mantine and plotly write style elements.
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'object-src': "'none'",
  'base-uri': "'self'",
  'form-action': "'none'",
};

const text = Object.entries(directives)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** The policy as a response header. */
export const policyHeader = `${text}; frame-ancestors 'self'`;

/** What the page may ask the browser for: the camera, for itself alone. */
export const permissionsHeader =
  'camera=(self), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()';

/** Names and IPv4 addresses only: whatever else an address may hold could say something in a policy. */
const plainOrigin = /^https?:\/\/[a-z0-9_-]+(\.[a-z0-9_-]+)*(:\d{1,5})?$/;

/**
 * The policy of the download worker (`src/app/sources/downloadWorker.ts`), which fetches a file from the one host
 * that the person named: it may reach that, and nothing else, this page included.
 * @param {string} path of the request, with its query
 * @returns {string | null} null for every other file; without a good `host` in the query the worker reaches nothing
 */
export function downloadPolicy(path) {
  const [pathname, query] = path.split('?', 2);
  if (!/^\/assets\/downloadWorker-[\w-]+\.js$/.test(pathname)) return null;
  const host = new URLSearchParams(query).get('host') ?? '';
  const reach = plainOrigin.test(host) ? host : "'none'";
  return `default-src 'none'; script-src 'self'; connect-src ${reach}`;
}

/** The policy as a `meta` element, where `frame-ancestors` is not allowed. */
export const policyMeta = text;
