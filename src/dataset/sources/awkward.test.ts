/** The awkward archives of ../shared/data, by the counts in their manifest. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSources } from './openSources';
import { SourceError, type SourcePicture } from './source';

interface Manifested {
  path: string;
  expect: string;
  reason?: string;
  also_ok?: string[];
  imported?: number;
  also_imported?: number[];
  skipped?: number;
  system_files?: number;
}

const folder = resolve(process.env.AWKWARD_DIR ?? '../shared/data/awkward');
const manifest = join(folder, 'MANIFEST.json');
const isThere = existsSync(manifest);
if (!isThere) console.warn(`${manifest} is not there: the awkward archives are not tried.`);

const archives: Manifested[] = isThere
  ? JSON.parse(readFileSync(manifest, 'utf8')).files.filter(({ path }: Manifested) =>
      /\.(zip|gz|tar|tgz)$/.test(path),
    )
  : [];

/** The first bytes of a file, or the reason why there are none. */
async function look(picture: SourcePicture): Promise<string> {
  try {
    if (picture.kind === 'raw') return 'picture';
    const bytes = await picture.bytes();
    const head = bytes instanceof Blob ? new Uint8Array(await bytes.slice(0, 4).arrayBuffer()) : bytes;
    return (head[0] === 0xff && head[1] === 0xd8) || head[0] === 0x89 ? 'picture' : 'not-an-image';
  } catch (thrown) {
    if (thrown instanceof SourceError) return thrown.reason;
    throw thrown;
  }
}

describe.skipIf(!isThere)('the awkward archives', () => {
  it.each(archives)('$path', async (wanted) => {
    const content = readFileSync(join(folder, wanted.path));
    const sources = await openSources([{ path: wanted.path, bytes: async () => content }]);
    const looks = await Promise.all(sources.pictures.map(look));
    const imported = looks.filter((seen) => seen === 'picture').length;
    const accepted = [wanted.expect, ...(wanted.also_ok ?? [])];
    if (imported === 0) {
      expect(accepted).toContain('refuse');
      expect(sources.archives[0]!.reason ?? 'no-images').toBe(wanted.reason);
      return;
    }
    expect(accepted).toContain('import');
    if (wanted.imported === undefined) return;
    expect([wanted.imported, ...(wanted.also_imported ?? [])]).toContain(imported);
    const skipped = sources.lines.flatMap(({ outcome, reason }) => (outcome === 'skipped' ? [reason] : []));
    const system = skipped.filter((reason) => reason === 'system-file').length;
    if (wanted.system_files !== undefined) expect(system).toBe(wanted.system_files);
    if (wanted.skipped !== undefined) {
      expect(skipped.length - system + looks.length - imported).toBe(wanted.skipped);
    }
  });
});
