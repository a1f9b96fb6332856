/**
 * `npm test`: sets up what a fresh machine lacks (npm packages, a Vulkan driver for WebGPU in Node, Chromium), then
 * runs checks, unit and engine tests, build, and end-to-end tests; stops at the first stage that fails. The last
 * line counts the tests. Imports Node built-ins alone, since nothing may be installed yet.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensurePackages } from './packages.mjs';
import { cache, root } from './paths.mjs';
import { ensureVulkan, gpuEnvironment } from './vulkan.mjs';

const reports = join(cache, 'test');
const bin = (name) => join(root, 'node_modules', name);
const results = [];

const stages = [
  { name: 'set-up', run: setUp },
  { name: 'checks', run: () => node([join(root, 'scripts', 'check.mjs')]) },
  { name: 'unit and engine tests', run: unitTests, count: countVitest },
  { name: 'build', run: () => ensureBuild(log) },
  { name: 'end-to-end tests', run: endToEnd, count: countPlaywright },
];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
for (const { name, run, count } of stages) {
  console.log(`\n── ${name} ──`);
  const started = performance.now();
  let problem = '';
  try {
    run();
  } catch (error) {
    problem = error.message;
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  results.push({ name, seconds, problem, counts: count?.() ?? { passed: 0, failed: 0, skipped: 0 } });
  if (problem) break;
}
summarise();

function log(line) {
  console.log(line);
}

/** Runs a Node script of the project or of a package. */
function node(args, env = process.env) {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(signal ? `ended by ${signal}` : `exit code ${status}`);
}

function setUp() {
  ensurePackages(log);
  log(`Chromium: ${ensureChromium(log)}`);
  log(`Vulkan in Node: ${ensureVulkan(log).detail}`);
}

function unitTests() {
  const report = `--outputFile.json=${join(reports, 'vitest.json')}`;
  const args = [bin('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', report];
  node(args, gpuEnvironment(ensureVulkan(log)));
}

function endToEnd() {
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'playwright.json') };
  node([bin('@playwright/test/cli.js'), 'test', '--reporter=list,json'], env);
}

function readReport(name) {
  const file = join(reports, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function countVitest() {
  const report = readReport('vitest.json');
  if (!report) return null;
  // A file that cannot be loaded has no tests and fails all the same.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function countPlaywright() {
  const stats = readReport('playwright.json')?.stats;
  return stats && { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

/** One line a stage, and the totals; a stage that failed without a failing test counts as one failure. */
function summarise() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log('\n── summary ──');
  for (const { name, seconds, problem, counts } of results) {
    console.log(`${problem ? '✗' : '✓'} ${name} (${seconds} s)${problem ? `: ${problem}` : ''}`);
    total.passed += counts.passed;
    total.failed += counts.failed || (problem ? 1 : 0);
    total.skipped += counts.skipped;
  }
  for (const { name } of stages.slice(results.length)) console.log(`- ${name}: not run`);
  console.log(
    `\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`,
  );
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
}
