import { afterEach, describe, expect, it, vi } from 'vitest';
import { framesOfAll } from './framesOf';
import { looksLikeVideo, unpackVideos } from './videos';

vi.mock('./framesOf');

afterEach(() => vi.clearAllMocks());

const chosen = (path: string, type = '') => ({ path, file: new File(['x'], path, { type }) });

describe('videos among files', () => {
  it('give way to their frames, with a line each; the rest stays as it is', async () => {
    const line = { path: 'cats/clip.MP4', outcome: 'used', reason: null, detail: '1 frame' } as const;
    const frame = { path: 'cats/clip.MP4/frame 1.jpg', file: new Blob(['y']) };
    vi.mocked(framesOfAll).mockResolvedValue({ files: [frame], lines: [line] });
    const all = ['cats/a.jpg', 'cats/clip.MP4', 'labels.csv'].map((path) => chosen(path));
    expect(await unpackVideos(all)).toEqual({ files: [all[0], all[2], frame], lines: [line] });
    expect(vi.mocked(framesOfAll).mock.calls[0]![0]).toEqual([all[1]]);
  });

  it('are not looked for where there are none', async () => {
    expect(await unpackVideos([chosen('a.png')])).toMatchObject({ files: [{ path: 'a.png' }], lines: [] });
    expect(framesOfAll).not.toHaveBeenCalled();
  });

  it('are known by their ending, or by what the system says', () => {
    expect(['a.mov', 'b.MKV', 'c/d.3gp'].map((path) => looksLikeVideo(chosen(path)))).toEqual([
      true,
      true,
      true,
    ]);
    expect(looksLikeVideo(chosen('clip', 'video/mp4'))).toBe(true);
    expect(['mp4', 'a.mp4.jpg', 'mov/a.png'].map((path) => looksLikeVideo(chosen(path)))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
