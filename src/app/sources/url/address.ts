/** An address that a person typed: checked before anything is sent, so that its host can be named first. */

/** Where a file is to come from. */
export interface Address {
  url: string;
  /** As the browser writes it (names in other scripts as xn--…), with the port where it is not the usual one. */
  host: string;
  /** What a content-security policy calls the host. */
  origin: string;
  /** Last part of the path; 'download' where there is none. Untrusted text. */
  fileName: string;
}

export type CheckedAddress = { ok: true; address: Address } | { ok: false; message: string };

/** Loopback is as safe over http as over https, and browsers treat it so. */
const loopback = /^(localhost|127(\.\d+){3})$/;

/**
 * @param text as typed; 'https://' may be missing
 * @param secure whether the page itself came over https, so that it may not fetch over http
 */
export function checkAddress(text: string, secure: boolean): CheckedAddress {
  const typed = text.trim();
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`);
  if (url === null) return refused('This is no address. It looks like https://example.org/pictures.zip.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return refused('Only addresses that begin with https:// can be fetched.');
  if (url.username !== '' || url.password !== '')
    return refused('Leave out the user name and password: files behind them cannot be fetched.');
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(url.hostname))
    return refused('The name of the host cannot be used. It looks like example.org.');
  if (secure && url.protocol === 'http:' && !loopback.test(url.hostname))
    return refused(
      'This page came over https and may fetch over nothing less. Try the address with https://.',
    );
  // The part after # is for the page of the host, and never sent.
  url.hash = '';
  return {
    ok: true,
    address: { url: url.href, host: url.host, origin: url.origin, fileName: nameOf(url.pathname) },
  };
}

const refused = (message: string) => ({ ok: false as const, message });

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function nameOf(path: string): string {
  const last = path.split('/').findLast((part) => part !== '') ?? 'download';
  try {
    // A decoded slash would make folders of a name.
    return decodeURIComponent(last).replace(/[/\\]/g, '_');
  } catch {
    return last;
  }
}
