/** Holding a class's button or key: pictures at a rate until it is let go, and at least one. */

import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type Captured, capture } from './capture';

interface Recording {
  /** Id of the class that is being recorded; null for none. */
  recording: number | null;
  start(group: number): void;
  stop(): void;
}

/**
 * @param rate pictures a second
 * @param onShot told of every picture; `burst` is the same while the button is held
 */
export function useRecording(
  video: RefObject<HTMLVideoElement | null>,
  rate: number,
  onShot: (group: number, burst: number, captured: Captured) => void,
): Recording {
  const [recording, setRecording] = useState<number | null>(null);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  const bursts = useRef(0);
  const busy = useRef(false);

  const stop = useCallback(() => {
    clearInterval(timer.current);
    setRecording(null);
  }, []);
  const start = (group: number) => {
    stop();
    setRecording(group);
    const burst = ++bursts.current;
    const shoot = async () => {
      // A slow machine takes fewer pictures, not a queue of late ones.
      if (busy.current || video.current === null) return;
      busy.current = true;
      try {
        const captured = await capture(video.current);
        if (captured !== null) onShot(group, burst, captured);
      } finally {
        busy.current = false;
      }
    };
    void shoot();
    timer.current = setInterval(() => void shoot(), 1000 / rate);
  };

  // A key or button may be let go where this page does not hear of it.
  useEffect(() => {
    const hidden = () => document.hidden && stop();
    window.addEventListener('blur', stop);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      clearInterval(timer.current);
      window.removeEventListener('blur', stop);
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [stop]);
  return { recording, start, stop };
}
