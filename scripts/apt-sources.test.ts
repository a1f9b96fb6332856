import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aptSources, debianRelease, withBackports } from './apt-sources.mjs';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apt-'));
  mkdirSync(join(folder, 'sources.list.d'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string) {
  writeFileSync(join(folder, name), text);
}

describe('the backports source', () => {
  it('keeps mirror, key and options of a one-line source', () => {
    put(
      'sources.list',
      '# deb http://old.example/debian bookworm main\n' +
        'deb [arch=amd64,arm64 signed-by=/keys/debian.gpg] http://mirror.example/debian bookworm main contrib # here\n' +
        'deb-src http://source.example/debian bookworm main\n',
    );
    const lines = withBackports(aptSources(folder), 'bookworm').trim().split('\n').sort();
    expect(lines).toEqual([
      'architectures: amd64 arm64',
      'components: main',
      'signed-by: /keys/debian.gpg',
      'suites: bookworm bookworm-backports',
      'types: deb',
      'uris: http://mirror.example/debian',
    ]);
  });

  it('reads deb822 stanzas with comments and a key in the file, and skips the security suite', () => {
    put(
      'sources.list.d/debian.sources',
      'Types: deb\nURIs: http://mirror.example/debian-security\nSuites: bookworm-security\nComponents: main\n\n' +
        'Types: deb deb-src\n# the mirror\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates\n' +
        'Components: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n',
    );
    const source = withBackports(aptSources(folder), 'bookworm');
    expect(source).toContain('uris: http://mirror.example/debian\n');
    expect(source).toContain('types: deb\n');
    expect(source).toContain('signed-by: \n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc');
  });

  it('takes no source that is switched off, is a disc, or is named to be ignored', () => {
    put('sources.list', 'deb cdrom:[Debian]/ bookworm main\n');
    put('sources.list.d/a.sources', 'Types: deb\nEnabled: no\nURIs: http://off.example\nSuites: bookworm\n');
    put('sources.list.d/b.list.disabled', 'deb http://ignored.example/debian bookworm main\n');
    expect(() => withBackports(aptSources(folder), 'bookworm')).toThrow('no mirror of bookworm');
  });

  it('is looked for on Debian alone', () => {
    put('debian', 'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n');
    put('ubuntu', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n');
    expect(debianRelease(join(folder, 'debian'))).toEqual({ codename: 'bookworm' });
    expect(debianRelease(join(folder, 'ubuntu'))).toBeNull();
    expect(debianRelease(join(folder, 'missing'))).toBeNull();
  });
});
