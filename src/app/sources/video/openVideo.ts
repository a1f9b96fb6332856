/** A video in an element that is never shown: opened, sought and drawn frame by frame. */

/** How long opening may take, and finding one moment of it, ms. */
const openPatience = 15_000;
const seekPatience = 10_000;
/** Larger frames are drawn smaller, to this on their shorter side, px: what is stored of a picture is less. */
const maxShortSide = 480;

/** The element gave up, or said nothing for too long. */
export class VideoFailure extends Error {
  override readonly name = 'VideoFailure';
}

export interface OpenVideo {
  /** As it is shown: upright; 0 where there is no picture, px. */
  width: number;
  height: number;
  /** s; 0 where it is not known. */
  duration: number;
  /**
   * The frame at `time` seconds; null where there is none any more.
   * @throws VideoFailure, and the signal's reason
   */
  frame(time: number): Promise<Blob | null>;
  close(): void;
}

/** @throws VideoFailure where the browser cannot show it, and the signal's reason */
export async function openVideo(file: Blob, signal?: AbortSignal): Promise<OpenVideo> {
  const element = document.createElement('video');
  const url = URL.createObjectURL(file);
  const close = () => {
    element.removeAttribute('src');
    element.load();
    URL.revokeObjectURL(url);
  };
  try {
    element.muted = true;
    element.playsInline = true;
    element.preload = 'auto';
    const loaded = happens(element, 'loadeddata', openPatience, signal);
    element.src = url;
    await loaded;
    const duration = await lengthOf(element, signal);
    const draw = drawer(element);
    return {
      width: element.videoWidth,
      height: element.videoHeight,
      duration,
      async frame(time) {
        await seek(element, time, signal);
        // Browsers show the last frame there is for all that is missing after it.
        if (element.ended && time > 0 && duration - time > 0.1) return null;
        return await draw();
      },
      close,
    };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

async function seek(element: HTMLVideoElement, time: number, signal?: AbortSignal): Promise<void> {
  const found = happens(element, 'seeked', seekPatience, signal);
  element.currentTime = time;
  await found;
}

/** What was recorded in a browser does not say its length before its end has been looked for. */
async function lengthOf(element: HTMLVideoElement, signal?: AbortSignal): Promise<number> {
  if (element.duration === Number.POSITIVE_INFINITY) await seek(element, 1e7, signal);
  return Number.isFinite(element.duration) ? element.duration : 0;
}

/** Waits for one event. */
function happens(
  element: HTMLVideoElement,
  name: 'loadeddata' | 'seeked',
  patience: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const over = new AbortController();
    const once = { once: true, signal: over.signal };
    const timer = setTimeout(() => end(new VideoFailure('nothing came in time')), patience);
    const end = (failure?: unknown) => {
      clearTimeout(timer);
      over.abort();
      if (failure === undefined) resolve();
      else reject(failure);
    };
    element.addEventListener(name, () => end(), once);
    element.addEventListener('error', () => end(new VideoFailure(element.error?.message ?? '')), once);
    signal?.addEventListener('abort', () => end(signal.reason), once);
    if (element.error !== null) end(new VideoFailure(element.error.message));
  });
}

/** Draws what the element shows as a JPEG; null where it shows nothing. */
function drawer(element: HTMLVideoElement): () => Promise<Blob | null> {
  const { videoWidth, videoHeight } = element;
  const shrink = Math.min(1, maxShortSide / Math.max(1, Math.min(videoWidth, videoHeight)));
  const width = Math.max(1, Math.round(videoWidth * shrink));
  const height = Math.max(1, Math.round(videoHeight * shrink));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  const probe = new OffscreenCanvas(4, 4).getContext('2d', { willReadFrequently: true })!;
  return async () => {
    probe.clearRect(0, 0, 4, 4);
    probe.drawImage(element, 0, 0, 4, 4);
    if (probe.getImageData(0, 0, 4, 4).data.every((value) => value === 0)) return null;
    // Transparent videos lie over white, as transparent pictures do.
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(element, 0, 0, width, height);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
  };
}
