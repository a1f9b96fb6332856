/** `npm start`: installs what is missing, builds the page, serves it, and opens it where there is a browser. */
import { spawn } from 'node:child_process';
import { ensureBuild } from './build.mjs';
import { ensurePackages } from './packages.mjs';
import { serve } from './serve.mjs';

try {
  ensurePackages(console.log);
  ensureBuild(console.log);
  const { url } = await serve();
  console.log(`\n  Pawsaur is at ${url}   (Ctrl+C stops it)\n`);
  open(url);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

/** Opens the page in the desktop's browser; without a desktop nothing happens. */
function open(url) {
  const { platform, env } = process;
  if (env.CI || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return;
  const commands = { darwin: ['open', url], win32: ['cmd', '/c', 'start', '', url] };
  const [command, ...args] = commands[platform] ?? ['xdg-open', url];
  const child = spawn(command, args, { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
