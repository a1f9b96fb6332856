import { describe, expect, it } from 'vitest';
import { checkAddress } from './address';

const accepted = (text: string, secure = false) => {
  const checked = checkAddress(text, secure);
  return checked.ok ? checked.address : checked.message;
};

describe('an address', () => {
  it('names its host, and the file at its end', () => {
    expect(accepted(' https://Example.org:8443/data/my%20cats.zip?v=1#top ')).toEqual({
      url: 'https://example.org:8443/data/my%20cats.zip?v=1',
      host: 'example.org:8443',
      origin: 'https://example.org:8443',
      fileName: 'my cats.zip',
    });
  });

  it('may leave out https://', () => {
    expect(accepted('example.org/a.zip')).toMatchObject({ origin: 'https://example.org' });
  });

  it('shows a name in another script as what is really asked', () => {
    expect(accepted('https://аpple.com/a.zip')).toMatchObject({ host: 'xn--pple-43d.com' });
  });

  it('makes no folders of a name', () => {
    expect(accepted('https://a.org/..%2f..%5Cx.zip')).toMatchObject({ fileName: '.._.._x.zip' });
    expect(accepted('https://a.org/%ff.zip')).toMatchObject({ fileName: '%ff.zip' });
    expect(accepted('https://a.org/')).toMatchObject({ fileName: 'download' });
  });

  it.each([
    ['', /no address/],
    ['not an address', /no address/],
    ['ftp://a.org/x.zip', /https/],
    ['javascript://a.org/%0aalert(1)', /https/],
    ['file:///etc/passwd', /https/],
    ['https://me:secret@a.org/x.zip', /password/],
    ['https://*/x.zip', /host/],
    ['https://a;b/x.zip', /host/],
    ["https://a'self'/x.zip", /host/],
    ['https://[::1]/x.zip', /host/],
  ])('refuses %j', (text, why) => {
    expect(accepted(text)).toMatch(why);
  });

  it('over http is taken from a page that came over http itself, and from this machine', () => {
    expect(accepted('http://a.org/x.zip', true)).toMatch(/https/);
    expect(accepted('http://a.org/x.zip', false)).toMatchObject({ origin: 'http://a.org' });
    expect(accepted('http://127.0.0.1:80/x.zip', true)).toMatchObject({ host: '127.0.0.1' });
  });
});
