/** The first pictures of a built-in set as its settings make them, and their masks on request. */

import { Switch } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { asPawsaurError } from '../../../platform/errors';
import { builtinParams, type Recipe } from '../../../recipe';
import type { BuiltinPreview, BuiltinRequest } from '../../../session/library';
import { library } from '../../store/libraryState';
import styles from './builtin.module.css';
import { layoutFor, pictureOf } from './sheet';

/** Rest after the last change, ms: a value that is being typed or stepped is not drawn at every stop. */
const restMs = 150;
/** A preview, and the settings that it is of. */
interface Shown {
  asked: string;
  preview: BuiltinPreview | null;
  /** Why there is none. */
  problem: string | null;
}

export function BuiltinSheet({ recipe }: { recipe: Readonly<Recipe> }) {
  const [masks, setMasks] = useState(false);
  const { preview, problem } = usePreview(recipe, layoutFor(recipe.data_classes).count);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current !== null && preview !== null) drawSheet(canvas.current, preview, masks);
  }, [preview, masks]);
  if (problem !== null) return <p className={styles.problem}>There is no preview: {problem}</p>;
  // While another is drawn, the one before keeps its shape.
  const classes = preview?.classNames.length ?? recipe.data_classes;
  const { across, lines } = layoutFor(classes);
  const classNames = preview?.classNames ?? [];
  return (
    <figure className={styles.sheet} aria-busy={preview === null}>
      <canvas
        ref={canvas}
        width={across * 64}
        height={lines * 64}
        role="img"
        aria-label={`${masks ? 'Masks' : 'Pictures'} of ${recipe.data} as set here, classes in turn: ${classNames.join(', ')}`}
      />
      <figcaption>
        <span>{classNames.join(' · ')}</span>
        <Switch
          size="xs"
          label="masks"
          checked={masks}
          onChange={(event) => setMasks(event.currentTarget.checked)}
        />
      </figcaption>
    </figure>
  );
}

/** Pictures of the set that a recipe asks for; the ones before stay until they are there. */
function usePreview(recipe: Readonly<Recipe>, count: number): Shown {
  const [shown, setShown] = useState<Shown>({ asked: '', preview: null, problem: null });
  const request = requestOf(recipe);
  const asked = JSON.stringify([request, count]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is the request and the count, written out
  useEffect(() => {
    if (request === null) return;
    let current = true;
    const ask = async () => {
      try {
        const preview = await (await library()).preview(request, count);
        if (current) setShown({ asked, preview, problem: null });
      } catch (thrown) {
        if (current) setShown({ asked, preview: null, problem: asPawsaurError(thrown).message });
      }
    };
    const timer = setTimeout(() => void ask(), restMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked]);
  return shown;
}

/** What the library is asked for by a recipe; null for pictures of one's own. */
export function requestOf(recipe: Readonly<Recipe>): BuiltinRequest | null {
  const { data, data_seed: seed } = recipe;
  return data === 'folder' ? null : { name: data, seed, params: { ...builtinParams(recipe) } };
}

function drawSheet(canvas: HTMLCanvasElement, preview: BuiltinPreview, masks: boolean): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { size, labels } = preview;
  const { place } = layoutFor(preview.classNames.length);
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < labels.length; i++) {
    const picture = new ImageData(pictureOf(preview, i, masks), size, size);
    const [column, line] = place(i);
    context.putImageData(picture, column * size, line * size);
  }
}
