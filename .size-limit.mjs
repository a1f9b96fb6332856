/** How large the built page may become, compressed. The first load is what `index.html` names itself. */
import { existsSync, readFileSync } from 'node:fs';

const page = existsSync('dist/index.html') ? readFileSync('dist/index.html', 'utf8') : '';
const named = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g)].map(
  ([, path]) => `dist/${path}`,
);

export default [
  { name: 'first load of the page', path: named, limit: '230 kB', gzip: true },
  { name: 'worker (tfjs, models, methods)', path: 'dist/assets/worker-*.js', limit: '220 kB', gzip: true },
  {
    name: 'library worker (archives, storage)',
    path: 'dist/assets/libraryWorker-*.js',
    limit: '100 kB',
    gzip: true,
  },
  { name: 'everything', path: 'dist/**/*.{js,css,html}', limit: '1.3 MB', gzip: true },
];
