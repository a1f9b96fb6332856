/** The camera: asked for when a person presses for it, and given back as soon as it is not needed. */

import { PawsaurError } from '../../../platform/errors';

export interface Camera {
  stream: MediaStream;
  /** '' where the browser does not say. */
  deviceId: string;
  /** Whether it looks away from the person: then its picture is not mirrored. */
  away: boolean;
  stop(): void;
}

export interface CameraChoice {
  id: string;
  label: string;
}

/** What of a frame is kept is a square that needs no more, px. */
const wantedSize = { width: { ideal: 640 }, height: { ideal: 480 } };

/**
 * Asks for a camera; the browser asks the person.
 * @param deviceId which one; any where left out
 * @param onEnded called when it goes away by itself
 * @throws PawsaurError
 */
export async function openCamera(deviceId: string | undefined, onEnded: () => void): Promise<Camera> {
  // Only secure pages have it.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) {
    throw new PawsaurError(
      'camera/insecure',
      'Browsers give the camera to secure pages only.',
      'Open this page over https, or on this machine as localhost.',
    );
  }
  let stream: MediaStream;
  try {
    const which = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
    stream = await devices.getUserMedia({ audio: false, video: { ...wantedSize, ...which } });
  } catch (thrown) {
    throw whyNot(thrown);
  }
  const [track] = stream.getVideoTracks();
  track?.addEventListener('ended', onEnded);
  const settings = track?.getSettings() ?? {};
  return {
    stream,
    deviceId: settings.deviceId ?? '',
    away: settings.facingMode === 'environment',
    stop() {
      track?.removeEventListener('ended', onEnded);
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

/** The cameras there are; they have names once one was allowed. */
export async function listCameras(): Promise<CameraChoice[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map(({ deviceId, label }, i) => ({ id: deviceId, label: label || `Camera ${i + 1}` }));
}

/** What is told when a camera goes away by itself. */
export function cameraGone(): PawsaurError {
  return new PawsaurError(
    'camera/gone',
    'The camera has gone: unplugged, or taken back.',
    'The pictures taken so far are kept. Turn it on again to take more.',
  );
}

function whyNot(thrown: unknown): PawsaurError {
  const [message, hint] = words(thrown instanceof DOMException ? thrown.name : '');
  return new PawsaurError('camera/unavailable', message, hint, { cause: thrown });
}

function words(name: string): [message: string, hint: string] {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return [
        'The camera was not allowed.',
        'Allow it in the browser’s settings for this page, beside the address, then try again.',
      ];
    case 'NotFoundError':
    case 'OverconstrainedError':
      return ['No camera was found.', 'Connect one, then try again.'];
    case 'NotReadableError':
    case 'AbortError':
      return ['The camera could not be started.', 'Close other programs that use it, then try again.'];
    default:
      return ['The camera could not be opened.', 'Look whether it works elsewhere, then try again.'];
  }
}
