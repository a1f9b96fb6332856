/**
 * Runs a command with the environment that WebGPU in Node needs: `node scripts/with-gpu.mjs COMMAND [ARGUMENT…]`.
 * Commands of the project's packages (vitest, vite) are found as in an npm script.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './paths.mjs';
import { ensureVulkan, gpuEnvironment } from './vulkan.mjs';

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error('Usage: node scripts/with-gpu.mjs COMMAND [ARGUMENT…]');
  process.exit(2);
}
const env = gpuEnvironment(ensureVulkan((line) => console.error(line)));
env.PATH = [join(root, 'node_modules', '.bin'), env.PATH].join(delimiter);

const child = spawn(command, args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`Could not start ${command}: ${error.message}`);
  process.exit(127);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
