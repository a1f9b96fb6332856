/** `npm run check`: types, lint, floors, dead code and bundle sizes, all of them even where one fails. */
import { spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

const checks = ['types', 'lint', 'floors', 'dead', 'size'];
const failed = checks.filter((name) => {
  console.log(`\n· ${name}`);
  const args = ['run', '--silent', `check:${name}`];
  return (
    spawnSync('npm', args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    }).status !== 0
  );
});
console.log(failed.length === 0 ? '\nAll checks hold.' : `\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
