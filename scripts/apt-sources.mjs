/**
 * Reads this machine's Debian release and apt sources, so that a package the release lacks can be taken from
 * its backports on the very mirror the machine already uses. Follows sources.list(5): one-line and deb822 files.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Debian release of this machine, or null elsewhere.
 * @returns {{ codename: string } | null}
 */
export function debianRelease(file = '/etc/os-release') {
  if (!existsSync(file)) return null;
  const fields = Object.fromEntries(
    [...readFileSync(file, 'utf8').matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, key, value]) => [key, value]),
  );
  return fields.ID === 'debian' && fields.VERSION_CODENAME ? { codename: fields.VERSION_CODENAME } : null;
}

/**
 * Every enabled binary source as deb822 fields, names in lower case (`uris`, `suites`, `components`, options).
 * @returns {Record<string, string>[]}
 */
export function aptSources(folder = '/etc/apt') {
  const parts = join(folder, 'sources.list.d');
  const files = [
    join(folder, 'sources.list'),
    ...(existsSync(parts)
      ? readdirSync(parts)
          .sort()
          .map((name) => join(parts, name))
      : []),
  ];
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      if (file.endsWith('.sources')) return parseDeb822(text);
      return file.endsWith('.list') ? parseOneLine(text) : [];
    })
    .filter((entry) => /\bdeb\b/.test(entry.types) && !/^(no|false|off|0)$/i.test(entry.enabled ?? ''));
}

/** `deb [option=value …] uri suite component…` lines. @returns {Record<string, string>[]} */
function parseOneLine(text) {
  const entries = [];
  for (const line of text.split('\n')) {
    const match = line.match(/^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/);
    if (!match) continue;
    const [, types, options = '', uris, suites, components] = match;
    const entry = { types, uris, suites, components: components.trim() };
    for (const [, key, value] of options.matchAll(/([\w-]+)=(\S+)/g)) {
      const name = key.toLowerCase();
      entry[name === 'arch' ? 'architectures' : name] = value.replaceAll(',', ' ');
    }
    entries.push(entry);
  }
  return entries;
}

/** Stanzas of `Field: value` with indented continuation lines. @returns {Record<string, string>[]} */
function parseDeb822(text) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const entries = [];
  for (const stanza of lines.join('\n').split(/\n\s*\n/)) {
    const entry = {};
    let key = '';
    for (const line of stanza.split('\n')) {
      const field = line.match(/^([\w-]+):\s*(.*)$/);
      if (field) {
        key = field[1].toLowerCase();
        entry[key] = field[2];
      } else if (key && /^\s/.test(line)) entry[key] += `\n${line}`;
    }
    if (entry.uris) entries.push(entry);
  }
  return entries;
}

/**
 * A deb822 source of the release and its backports on the mirror that serves the release here.
 * @param {Record<string, string>[]} sources
 * @param {string} codename
 * @returns {string}
 * @throws where no source serves the release
 */
export function withBackports(sources, codename) {
  const base = sources.find(({ suites, uris }) => {
    const names = suites.split(/\s+/);
    return (
      !uris.startsWith('cdrom') && [codename, 'stable', 'oldstable'].some((name) => names.includes(name))
    );
  });
  if (!base) throw new Error(`apt's sources name no mirror of ${codename}`);
  const fields = { ...base, types: 'deb', suites: `${codename} ${codename}-backports`, components: 'main' };
  return `${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n')}\n`;
}
