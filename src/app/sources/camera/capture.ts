/** Takes the square in the middle of what a camera shows, as a JPEG and as a small copy for the list. */

/** Side of what is kept, px, where the camera has as much, and of the small copy. */
const maxSide = 480;
const thumbnailSide = 96;

export interface Captured {
  file: Blob;
  thumbnail: Blob;
}

/** @returns null while the camera shows nothing yet */
export async function capture(video: HTMLVideoElement): Promise<Captured | null> {
  const { videoWidth, videoHeight, readyState } = video;
  const square = Math.min(videoWidth, videoHeight);
  if (square === 0 || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const left = (videoWidth - square) / 2;
  const top = (videoHeight - square) / 2;
  const side = Math.min(maxSide, square);
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(video, left, top, square, square, 0, 0, side, side);
  const small = new OffscreenCanvas(thumbnailSide, thumbnailSide);
  small.getContext('2d')!.drawImage(canvas, 0, 0, thumbnailSide, thumbnailSide);
  const [file, thumbnail] = await Promise.all([
    canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 }),
    small.convertToBlob({ type: 'image/jpeg', quality: 0.8 }),
  ]);
  return { file, thumbnail };
}
