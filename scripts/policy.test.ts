import { describe, expect, it } from 'vitest';
import { downloadPolicy, policyHeader } from './policy.mjs';

const worker = '/assets/downloadWorker-Ab3_x-9.js';
const reach = (host: string) =>
  /connect-src (.*)$/.exec(downloadPolicy(`${worker}?${new URLSearchParams({ host })}`) ?? '')?.[1];

describe('the policy of the download worker', () => {
  it('reaches the host of its query alone', () => {
    expect(downloadPolicy(`${worker}?host=https%3A%2F%2Fexample.org`)).toBe(
      "default-src 'none'; script-src 'self'; connect-src https://example.org",
    );
    expect(reach('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
    expect(reach('https://xn--bcher-kva.example:444')).toBe('https://xn--bcher-kva.example:444');
  });

  it('reaches nothing where the query names no plain host', () => {
    const hostile = [
      '',
      '*',
      'https:',
      'https://*',
      'https://*.org',
      'https://a.org/path',
      'https://a.org https://b.org',
      "https://a.org; script-src 'unsafe-inline'",
      'https://a;b',
      "https://a'self'",
      'https://a,b',
      'https://user@a.org',
      'data:',
      'ws://a.org',
      'https://a.org\r\nX: y',
      "'unsafe-eval'",
    ];
    for (const host of hostile) expect(reach(host), host).toBe("'none'");
    expect(reach('https://a..org')).toBe("'none'");
    expect(downloadPolicy(worker)).toContain("connect-src 'none'");
  });

  it('leaves every other file the page’s own', () => {
    for (const path of [
      '/',
      '//',
      'http://[',
      '/assets/index-a.js?host=https://a.org',
      '/index.html?host=https://a.org',
      '/assets/../downloadWorker-a.js?host=https://a.org',
      '/assets/x/downloadWorker-a.js?host=https://a.org',
    ]) {
      expect(downloadPolicy(path), path).toBeNull();
    }
    expect(policyHeader).toContain("connect-src 'self';");
    expect(policyHeader).toContain("media-src 'self' blob:;");
  });
});
