/** The build of the page: static files that work below any path of any host, the worker as an ES module. */
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { policyMeta } from './scripts/policy.mjs';

/** Writes the content-security policy into the built page, for hosts that send no header. */
function policy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policyMeta },
        injectTo: 'head-prepend',
      },
    ],
  };
}

export default defineConfig({
  base: './',
  plugins: [react(), policy()],
  // plotly.js is written for bundlers that know Node's name of the global object.
  define: { global: 'globalThis' },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Limits are kept by `npm run check:size`.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            // What only views need that are opened later comes with them; the first load is few files, which
            // compress better than many.
            { name: 'mantine', test: /node_modules[\\/]@mantine[\\/]/, tags: ['$initial'] },
            { name: 'page', test: /./, tags: ['$initial'] },
          ],
        },
      },
    },
  },
});
