/** A sheet of small pictures from the set in use, taken evenly from all of it, drawn on one canvas. */

import { useEffect, useRef, useState } from 'react';
import { methodFacts } from '../../recipe';
import type { DatasetSummary, Thumbnails } from '../../session/protocol';
import { reportError } from '../store/notify';
import { session } from '../store/run';
import { useSetup } from '../store/setup';
import styles from './setup.module.css';

const columns = 12;
const rows = 5;
const side = 64;

/** Indices spread evenly over `count` pictures, at most `most` of them. */
function spread(count: number, most: number): number[] {
  const shown = Math.min(count, most);
  return Array.from({ length: shown }, (_, i) => Math.floor((i * count) / shown));
}

export function PictureSheet({ dataset }: { dataset: DatasetSummary }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [thumbnails, setThumbnails] = useState<Thumbnails | null>(null);
  const { generation, count } = dataset;
  useEffect(() => {
    let current = true;
    session()
      .thumbnails(spread(count, columns * rows), side)
      .then((got) => {
        if (current && got.generation === generation) setThumbnails(got);
      })
      .catch(reportError);
    return () => {
      current = false;
    };
  }, [generation, count]);
  useEffect(() => {
    if (canvas.current !== null && thumbnails !== null) drawSheet(canvas.current, thumbnails);
  }, [thumbnails]);
  const lines = Math.ceil(Math.min(count, columns * rows) / columns);
  const across = Math.min(count, columns);
  const { classNames } = dataset;
  const readsLabels = useSetup((s) => methodFacts[s.recipe.method].readsLabels);
  const caption = readsLabels ? 'Classes' : 'Classes, kept for scoring only';
  const shownNames = classNames.slice(0, 12).join(', ') + (classNames.length > 12 ? ', …' : '');
  return (
    <figure className={styles.sheet}>
      <canvas
        ref={canvas}
        width={across * side}
        height={lines * side}
        style={{ aspectRatio: `${across} / ${lines}`, maxWidth: across * 96 }}
        role="img"
        aria-label={`A sheet of pictures from ${dataset.name}`}
      />
      {classNames.length > 0 && (
        <figcaption>
          {caption}: {shownNames}.
        </figcaption>
      )}
    </figure>
  );
}

function drawSheet(canvas: HTMLCanvasElement, { indices, size, pixels }: Thumbnails): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const area = size * size * 4;
  const across = canvas.width / size;
  indices.forEach((_, i) => {
    const picture = new ImageData(pixels.slice(i * area, (i + 1) * area), size, size);
    context.putImageData(picture, (i % across) * size, Math.floor(i / across) * size);
  });
}
