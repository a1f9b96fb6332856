/** The grid of the pictures in use, and above it a line on the one that the keys are at. */

import { Button } from '@mantine/core';
import { type Labelling, shortened } from '../../../labels';
import { plural } from '../../format';
import frame from '../../labels/labels.module.css';
import { PictureGrid } from '../../labels/PictureGrid';
import { actedOn, cursorPosition, type Selection } from '../../labels/selection';
import { useRun } from '../../store/run';
import { whyKept } from './leaveOut';
import type { Pictures } from './pictureFacts';
import styles from './surface.module.css';

interface Props {
  pictures: Pictures;
  /** Those that pass the filter, in the order of the grid. */
  shown: Int32Array;
  labelling: Labelling;
  generation: number;
  selection: Selection;
  onSelection(next: Selection): void;
  onShowAll(): void;
  /** null where the set cannot be changed: it is made, not stored. */
  onLeaveOut: ((indices: Int32Array) => void) | null;
  /** A run keeps its pictures. */
  locked: boolean;
}

/** Characters of a name that a tooltip and a screen reader get. */
const mostSpoken = 160;

export function InUse(props: Props) {
  const { pictures, shown, labelling, generation, selection, onSelection, onLeaveOut, locked } = props;
  const size = useRun((s) => s.dataset?.size ?? 64);
  const at = cursorPosition(selection, shown);
  if (at < 0) {
    return (
      <div className={frame.waiting}>
        <p>No picture is of this kind.</p>
        <Button variant="default" size="xs" onClick={props.onShowAll}>
          Show all
        </Button>
      </div>
    );
  }
  const acted = actedOn(selection, shown);
  return (
    <>
      <div className={styles.line}>
        <PictureLine pictures={pictures} picture={shown[at]!} />
        {onLeaveOut !== null && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={locked}
            title={locked ? whyKept : undefined}
            onClick={() => onLeaveOut(acted)}
          >
            {acted.length === 1 ? 'Leave out' : `Leave ${plural(acted.length, 'picture')} out`}
          </Button>
        )}
      </div>
      {locked && onLeaveOut !== null && <p className={frame.locked}>{whyKept}</p>}
      <PictureGrid
        shown={shown}
        selection={selection}
        onSelection={onSelection}
        labelling={labelling}
        heldOut={pictures.heldOut}
        revealed
        nameOf={(picture) => shortened(pictures.names[picture]!, mostSpoken)}
        generation={generation}
        thumbnail={Math.min(96, size)}
        cell={80}
      />
      <p className={frame.keys}>
        Arrows go from picture to picture, <kbd>space</kbd> chooses, <kbd>Shift</kbd> + arrows choose a range
        {onLeaveOut !== null && (
          <>
            , <kbd>Delete</kbd> leaves out what is chosen
          </>
        )}
        . A dashed class is one that training is not told.
      </p>
    </>
  );
}

/** What is known of one picture, in a line. */
function PictureLine({ pictures, picture }: { pictures: Pictures; picture: number }) {
  const { names, classNames, classes, given, heldOut, masked, stored } = pictures;
  const name = names[picture]!;
  const label = classes[picture]!;
  const sameAs = (groups: Int32Array | undefined) => (groups?.[picture] ?? -1) >= 0;
  const facts = [
    stored !== null && `${stored.widths[picture]} × ${stored.heights[picture]} px`,
    heldOut[picture] === 1 ? 'held out' : 'to train on',
    given[picture]! >= 0 ? 'labelled' : 'no label',
    masked?.[picture] === 1 && 'mask',
    sameAs(stored?.exact) ? 'there more than once' : sameAs(stored?.near) && 'looks like another',
  ].filter(Boolean);
  return (
    <p className={styles.facts}>
      <bdi className={styles.name} title={shortened(name, mostSpoken)}>
        {name.slice(name.lastIndexOf('/') + 1).slice(0, 400)}
      </bdi>
      <span className={styles.rest}>
        {label >= 0 && (
          <>
            <bdi className={styles.ofClass}>{shortened(classNames[label]!, 40)}</bdi> ·{' '}
          </>
        )}
        {facts.join(' · ')}
      </span>
    </p>
  );
}
