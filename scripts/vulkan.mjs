/**
 * Finds or unpacks the Vulkan driver that Dawn (the `webgpu` package) runs the engine tests on.
 *
 * In order: the driver of a real GPU; Mesa's llvmpipe, unpacked into `.cache/vulkan` (Debian 12's own Mesa is
 * too old for Dawn, so the driver comes from the release's backports, on the mirror this machine already uses);
 * the SwiftShader that ships with Chromium. Nothing outside the project is written.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { aptSources, debianRelease, withBackports } from './apt-sources.mjs';
import { findChromium } from './chromium.mjs';
import { cache } from './paths.mjs';

const unpacked = join(cache, 'vulkan');
const manifestFolders = ['/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/**
 * @typedef {object} VulkanDriver
 * @property {'system' | 'llvmpipe' | 'swiftshader'} kind
 * @property {string} detail one line for a person
 * @property {Record<string, string>} env variables that must be set before a Node process starts
 */

/**
 * The environment of a Node process that uses WebGPU.
 * @param {VulkanDriver} driver
 * @param {NodeJS.ProcessEnv} [base]
 */
export function gpuEnvironment(driver, base = process.env) {
  const env = { ...base, ...driver.env };
  const libraries = [driver.env.LD_LIBRARY_PATH, base.LD_LIBRARY_PATH].filter(Boolean);
  if (libraries.length > 0) env.LD_LIBRARY_PATH = libraries.join(delimiter);
  if (process.platform === 'linux') env.XDG_RUNTIME_DIR ??= tmpdir();
  return env;
}

/**
 * The driver to use, unpacked first where it is missing.
 * @param {(line: string) => void} [log]
 * @returns {VulkanDriver}
 * @throws where the machine has none and none can be had
 */
export function ensureVulkan(log = () => {}) {
  if (process.platform !== 'linux')
    return { kind: 'system', detail: 'the graphics driver of this system', env: {} };
  if (process.env.VK_DRIVER_FILES) {
    return { kind: 'system', detail: 'the driver that VK_DRIVER_FILES names', env: {} };
  }
  const ready = hardwareDriver() ?? llvmpipe() ?? installedLlvmpipe();
  if (ready) return ready;
  const release = debianRelease();
  if (release) {
    try {
      unpackMesa(release.codename, log);
      const driver = llvmpipe();
      if (driver) return driver;
      log('The unpacked Mesa driver lacks a library on this machine; trying SwiftShader.');
    } catch (error) {
      log(`The Mesa driver could not be unpacked (${reason(error)}); trying SwiftShader.`);
    }
  }
  const fallback = swiftShader();
  if (fallback) return fallback;
  throw new Error(
    'No Vulkan driver for WebGPU: install your GPU’s, or Mesa 24 or later (mesa-vulkan-drivers and libvulkan1), ' +
      'or Chromium, whose SwiftShader serves too.',
  );
}

/** A GPU's own driver: its device node, and an installed manifest made for that device. */
function hardwareDriver() {
  if (!loaderInstalled()) return null;
  const vendor = existsSync('/sys/class/drm/renderD128/device/vendor')
    ? readFileSync('/sys/class/drm/renderD128/device/vendor', 'utf8').trim()
    : '';
  const serves = (name) => {
    if (name.startsWith('nvidia')) return existsSync('/dev/nvidia0');
    if (!existsSync('/dev/dri/renderD128')) return name.startsWith('dzn') && existsSync('/dev/dxg');
    return (
      (name.startsWith('intel') && vendor === '0x8086') || (/^(radeon|amd)/.test(name) && vendor === '0x1002')
    );
  };
  const manifest = findManifest(manifestFolders, serves);
  return (
    manifest && { kind: 'system', detail: `the GPU's driver ${manifest}`, env: { VK_DRIVER_FILES: manifest } }
  );
}

/** The system's own llvmpipe, where its Mesa is known to be recent enough. */
function installedLlvmpipe() {
  const manifest = loaderInstalled() && findManifest(manifestFolders, (name) => name.startsWith('lvp_icd'));
  if (!manifest || ['bullseye', 'bookworm'].includes(debianRelease()?.codename ?? '')) return null;
  return {
    kind: 'llvmpipe',
    detail: `the installed llvmpipe ${manifest}`,
    env: { VK_DRIVER_FILES: manifest },
  };
}

/** The unpacked driver, or null where it is absent or this machine lacks a library it needs. */
function llvmpipe() {
  const lib = join(unpacked, 'usr', 'lib');
  const manifest = findManifest([join(unpacked, 'usr', 'share', 'vulkan', 'icd.d')], (name) =>
    name.startsWith('lvp_icd'),
  );
  if (!manifest || !existsSync(lib)) return null;
  const folders = [lib, ...readdirSync(lib).map((name) => join(lib, name))];
  const libraries = folders.find((folder) => existsSync(join(folder, 'libvulkan_lvp.so')));
  if (!libraries) return null;
  // Some packages still put their libraries into /lib.
  const older = join(unpacked, libraries.slice(join(unpacked, 'usr').length));
  const search = [libraries, older].filter((folder) => existsSync(folder)).join(delimiter);
  const env = { VK_DRIVER_FILES: manifest, LD_LIBRARY_PATH: search };
  const { stdout } = spawnSync('ldd', [join(libraries, 'libvulkan_lvp.so')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  const complete = existsSync(join(libraries, 'libvulkan.so.1')) || loaderInstalled();
  if (!complete || stdout?.includes('not found')) return null;
  return { kind: 'llvmpipe', detail: `llvmpipe of Mesa (unpacked in .cache/vulkan)`, env };
}

function findManifest(folders, accept) {
  for (const folder of folders.filter((path) => existsSync(path))) {
    const name = readdirSync(folder).find((file) => file.endsWith('.json') && accept(file));
    if (name) return join(folder, name);
  }
  return null;
}

function loaderInstalled() {
  const { stdout } = spawnSync('ldconfig', ['-p'], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
  });
  return stdout?.includes('libvulkan.so.1') ?? false;
}

/**
 * Downloads the driver and what this machine lacks of its dependencies, and unpacks it all below `.cache`.
 * apt works here on lists, state and archives of its own; of the system's it reads the dpkg status file alone, to
 * know what is installed. Two processes may do this at once: the first to finish wins.
 */
function unpackMesa(codename, log) {
  log(`Unpacking a software Vulkan driver (Mesa, from ${codename}-backports) into .cache/vulkan …`);
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'apt-'));
  try {
    for (const folder of ['lists/partial', 'archives/partial', 'sources'])
      mkdirSync(join(work, folder), { recursive: true });
    writeFileSync(join(work, 'sources', 'driver.sources'), withBackports(aptSources(), codename));
    const options = [
      'Dir::Etc::sourcelist=/dev/null',
      `Dir::Etc::sourceparts=${join(work, 'sources')}`,
      'Dir::Etc::preferences=/dev/null',
      'Dir::Etc::preferencesparts=/dev/null',
      `Dir::State=${work}`,
      'Dir::State::status=/var/lib/dpkg/status',
      `Dir::Cache=${work}`,
      'Debug::NoLocking=1',
      'Acquire::Languages=none',
      'Acquire::Retries=3',
      // apt's own unprivileged user may be kept out of the folder the project lies in.
      'APT::Sandbox::User=',
    ].flatMap((option) => ['-o', option]);
    const apt = (...args) =>
      execFileSync('apt-get', ['-q', ...options, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update');
    const packages = [`mesa-vulkan-drivers/${codename}-backports`, `libvulkan1/${codename}`];
    apt(
      'install',
      '--yes',
      '--download-only',
      '--reinstall',
      '--allow-downgrades',
      '--no-install-recommends',
      ...packages,
    );
    const tree = join(work, 'tree');
    for (const file of readdirSync(join(work, 'archives')).filter((name) => name.endsWith('.deb'))) {
      execFileSync('dpkg-deb', ['-x', join(work, 'archives', file), tree]);
    }
    if (!llvmpipe()) {
      rmSync(unpacked, { recursive: true, force: true });
      renameSync(tree, unpacked);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Chromium's SwiftShader, with the Vulkan loader that lies beside it. */
function swiftShader() {
  const chromium = findChromium();
  const folders = [
    chromium && dirname(chromium),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
  ];
  const folder = folders.find((path) => path && existsSync(join(path, 'vk_swiftshader_icd.json')));
  if (!folder) return null;
  const env = { VK_DRIVER_FILES: join(folder, 'vk_swiftshader_icd.json') };
  if (!loaderInstalled()) {
    // A folder with the loader alone: the other libraries beside Chromium must not shadow the system's.
    env.LD_LIBRARY_PATH = join(cache, 'vulkan-loader');
    mkdirSync(env.LD_LIBRARY_PATH, { recursive: true });
    rmSync(join(env.LD_LIBRARY_PATH, 'libvulkan.so.1'), { force: true });
    symlinkSync(join(folder, 'libvulkan.so.1'), join(env.LD_LIBRARY_PATH, 'libvulkan.so.1'));
  }
  return {
    kind: 'swiftshader',
    detail: `SwiftShader of ${folder} (about ten times slower than llvmpipe)`,
    env,
  };
}

function reason(error) {
  const lines = `${error?.stderr || error?.message || error}`.trim().split('\n');
  return lines.find((line) => line.startsWith('E:')) ?? lines[0];
}
