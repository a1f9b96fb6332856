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

/** The policy as a `meta` element, where `frame-ancestors` is not allowed. */
export const policyMeta = text;
