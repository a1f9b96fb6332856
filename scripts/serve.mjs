/**
 * Serves the built page on localhost, with its content-security policy: `node scripts/serve.mjs [--port N]
 * [--mount /sub/path]…`. A mount serves the same page from a sub-path as well.
 */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dist } from './paths.mjs';
import { downloadPolicy, permissionsHeader, policyHeader } from './policy.mjs';

/**
 * Starts the server on the first free port from `port` on.
 * @param {{ port?: number, mounts?: string[], strict?: boolean }} [options] `strict`: that port or none
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve({ port = 4173, mounts = [], strict = false } = {}) {
  const { default: sirv } = await import('sirv');
  const files = sirv(dist, {
    etag: true,
    dev: false,
    setHeaders(response, path) {
      const policy = downloadPolicy(response.req.url) ?? policyHeader;
      response.setHeader('Content-Security-Policy', policy);
      response.setHeader('Permissions-Policy', permissionsHeader);
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Referrer-Policy', 'no-referrer');
      // Files below assets/ carry a hash of their content in their name.
      response.setHeader(
        'Cache-Control',
        path.includes('/assets/') ? 'max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
  const server = createServer((request, response) => {
    const mount = mounts.find((path) => request.url?.startsWith(`${path}/`));
    if (mount) request.url = request.url.slice(mount.length);
    files(request, response, () => {
      response.writeHead(404, { 'Content-Type': 'text/plain', 'Content-Security-Policy': policyHeader });
      response.end('Not found');
    });
  });
  for (let candidate = port; ; candidate += 1) {
    try {
      await listen(server, candidate);
      const url = `http://localhost:${server.address().port}/`;
      return { url, close: () => server.close() };
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || strict || candidate >= port + 100) throw error;
    }
  }
}

/** Loopback only: the page is for this machine. */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, 'localhost', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, mount: { type: 'string', multiple: true, default: [] } },
  });
  const port = values.port === undefined ? {} : { port: Number(values.port), strict: true };
  const { url } = await serve({ ...port, mounts: values.mount });
  console.log(`Serving dist/ on ${url}`);
}
