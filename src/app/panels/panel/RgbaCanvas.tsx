/** Raw pixels on a canvas, enlarged without smoothing. */

import { useEffect, useRef } from 'react';

interface RgbaCanvasProps {
  /** [size, size, 4] RGBA. */
  pixels: Uint8ClampedArray;
  size: number;
}

/** Draws `pixels` whenever they are another array; the element around it gives the size on screen and the name. */
export function RgbaCanvas({ pixels, size }: RgbaCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(size, size);
    image.data.set(pixels);
    context.putImageData(image, 0, 0);
  }, [pixels, size]);
  return (
    <canvas
      ref={canvas}
      width={size}
      height={size}
      style={{ display: 'block', width: '100%', aspectRatio: 1, imageRendering: 'pixelated' }}
    />
  );
}
