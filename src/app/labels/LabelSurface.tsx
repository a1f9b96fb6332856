/**
 * The labelling surface: all pictures in a grid, the classes beside them. Choose pictures and press a class's key,
 * or drag them onto it.
 */

import { Button } from '@mantine/core';
import { type DragEvent, type KeyboardEvent, useMemo, useState } from 'react';
import { type LabelEdit, type LabelHistory, type Labelling, labelCounts } from '../../labels';
import type { PictureList } from '../../session/protocol';
import { plural } from '../format';
import {
  changeLabels,
  redoLabels,
  trainingCounts,
  undoLabels,
  useLabels,
  useShownLabels,
  useWhyClassesAreFixed,
} from '../store/labels';
import { reportError } from '../store/notify';
import { useRun } from '../store/run';
import { ClassList } from './ClassList';
import { classOfKey } from './classKeys';
import { type Filter, mixedOrder, visiblePictures } from './filters';
import { Hints } from './Hints';
import { ImportNotice } from './ImportNotice';
import { LabelTools } from './LabelTools';
import { type ImportReport, looksLikeLabels, readLabelFile } from './labelFiles';
import { labelSurface } from './labelSurface';
import styles from './labels.module.css';
import { PictureGrid } from './PictureGrid';
import { PictureSurface } from './PictureSurface';
import { actedOn, afterAction, noSelection } from './selection';

export function LabelSurface() {
  const { pictures, history } = useLabels();
  const labelling = useShownLabels();
  const [held, setHeld] = useState(false);
  const ready = pictures !== null && history !== null && labelling !== null;
  return (
    <PictureSurface surface={labelSurface} title="Label pictures" held={held}>
      {ready ? (
        <Surface
          key={pictures.generation}
          pictures={pictures}
          history={history}
          labelling={labelling}
          onHeld={setHeld}
        />
      ) : null}
    </PictureSurface>
  );
}

interface SurfaceProps {
  pictures: PictureList;
  history: LabelHistory;
  labelling: Labelling;
  /** Whether Escape means something else than going back. */
  onHeld(held: boolean): void;
}

function Surface({ pictures, history, labelling, onHeld }: SurfaceProps) {
  const picked = useLabels((s) => s.picked);
  const trainIndices = useLabels((s) => s.trainIndices);
  const fixed = useWhyClassesAreFixed();
  const stored = useRun((s) => s.dataset?.size ?? 64);
  const [filter, setFilter] = useState<Filter>(picked.length > 0 ? 'picked' : 'training');
  const [revealed, setRevealed] = useState(false);
  const [selection, setSelectionState] = useState(noSelection);
  const [news, setNews] = useState('');
  const [report, setReport] = useState<ImportReport | null>(null);
  const { names, heldOut } = pictures;
  const order = useMemo(() => mixedOrder(names.length), [names.length]);
  const shown = useMemo(
    () => visiblePictures(filter, order, { labelling, heldOut, picked }),
    [filter, order, labelling, heldOut, picked],
  );
  const hasTruth = useMemo(() => labelling.truth.some((label) => label >= 0), [labelling]);
  const { classNames } = labelling;

  const setSelection = (next: typeof selection) => {
    setSelectionState(next);
    onHeld(next.chosen.size > 0);
  };
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (thrown) {
      reportError(thrown);
    }
  };
  /** Gives what is chosen a class, or takes its label back (−1). */
  const give = (label: number) => {
    const acted = actedOn(selection, shown);
    if (acted.length === 0) {
      setNews('No picture is chosen.');
      return;
    }
    attempt(() => {
      changeLabels(
        label < 0 ? { kind: 'takeBack', indices: acted } : { kind: 'give', indices: acted, class: label },
      );
      const what = acted.length === 1 ? 'One picture' : `${acted.length} pictures`;
      const is = acted.length === 1 ? 'is' : 'are';
      setNews(label < 0 ? `${what} ${is} without a label now.` : `${what} ${is} ‘${classNames[label]}’ now.`);
      setSelection(afterAction(selection, shown, acted));
    });
  };
  const editClass = (edit: LabelEdit) => {
    changeLabels(edit);
    setNews(`${sentence(edit, classNames)} Ctrl+Z takes it back.`);
    if (filter.startsWith('class:')) setFilter('training');
  };
  const travel = (go: () => string | null, done: string, none: string) =>
    attempt(() => {
      const words = go();
      setNews(words === null ? none : `${done}: ${words}.`);
      if (filter.startsWith('class:')) setFilter('training');
    });
  const undo = () => travel(undoLabels, 'Undone', 'There is nothing to undo.');
  const redo = () => travel(redoLabels, 'Done again', 'There is nothing to do again.');
  const read = async (file: File) => {
    try {
      const result = await readLabelFile(file);
      setReport(result);
      setNews(`${plural(result.given, 'label')} read, ${plural(result.problems.length, 'row')} left out.`);
    } catch (thrown) {
      reportError(thrown);
    }
  };

  const press = (event: KeyboardEvent) => {
    if (
      event.target instanceof Element &&
      event.target.closest('input:not([type="checkbox"]), select') !== null
    )
      return;
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && !event.altKey) {
      if (key === 'z' && !event.shiftKey) undo();
      else if (key === 'y' || key === 'z') redo();
      else return;
    } else if (event.altKey) return;
    else if (event.key === 'Escape' && selection.chosen.size > 0) {
      setSelection({ ...selection, chosen: new Set() });
      setNews('Nothing is chosen.');
    } else if (event.key === 'Delete' || event.key === 'Backspace' || event.key === '0') give(-1);
    else if (classOfKey(event.key, classNames.length) >= 0) give(classOfKey(event.key, classNames.length));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const chosen = selection.chosen.size;
  const nameOf = (picture: number) =>
    labelling.truth[picture]! >= 0 && !revealed ? `picture ${picture + 1}` : names[picture]!;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys and drops of the whole surface
    <div className={styles.surface} onKeyDown={press} {...fileDrop(read)}>
      <LabelTools
        labelling={labelling}
        history={history}
        filter={filter}
        hasPicked={picked.length > 0}
        hasTruth={hasTruth}
        revealed={revealed}
        onFilter={(next) => {
          setFilter(next);
          setSelection(noSelection);
        }}
        onReveal={(next) => {
          setRevealed(next);
          if (!next && filter === 'disagree') setFilter('training');
        }}
        onUndo={undo}
        onRedo={redo}
        onFile={(file) => void read(file)}
      />
      {report !== null && <ImportNotice report={report} onClose={() => setReport(null)} />}
      <div className={styles.split}>
        <div className={styles.side}>
          <ClassList
            labelling={labelling}
            counts={trainingCounts(labelling, trainIndices)}
            heldOutCounts={heldOutCounts(labelling, heldOut)}
            fixed={fixed}
            onGive={give}
            onEdit={editClass}
          />
          <Hints labelling={labelling} trainIndices={trainIndices} />
        </div>
        <div className={styles.middle}>
          {shown.length > 0 ? (
            <PictureGrid
              shown={shown}
              selection={selection}
              onSelection={setSelection}
              labelling={labelling}
              heldOut={heldOut}
              revealed={revealed}
              nameOf={nameOf}
              generation={pictures.generation}
              thumbnail={Math.min(96, stored)}
              cell={88}
              onDrop={give}
            />
          ) : (
            <div className={styles.waiting}>
              <p>{filter === 'unlabelled' ? 'Every picture has a label.' : 'No picture is of this kind.'}</p>
              <Button variant="default" size="xs" onClick={() => setFilter('all')}>
                Show all
              </Button>
            </div>
          )}
          <div className={styles.foot}>
            <span>
              {plural(shown.length, 'picture')} shown
              {chosen > 0 && ` · ${chosen} chosen`}
            </span>
            <output aria-live="polite">{news}</output>
          </div>
          <p className={styles.keys}>
            Arrows go from picture to picture, <kbd>space</kbd> chooses, <kbd>Shift</kbd> + arrows choose a
            range; a class’s key labels what is chosen, <kbd>Delete</kbd> takes the label back. With a mouse:
            drag over pictures to choose them, then drag them onto a class.
          </p>
        </div>
      </div>
    </div>
  );
}

/** Lets a file of labels be dropped, and keeps the page below from taking it for pictures. */
function fileDrop(read: (file: File) => void) {
  const keep = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    onDragEnter: keep,
    onDragOver: keep,
    onDragLeave: keep,
    onDrop: (event: DragEvent) => {
      keep(event);
      const file = [...event.dataTransfer.files].find(looksLikeLabels) ?? event.dataTransfer.files[0];
      if (file !== undefined) read(file);
    },
  };
}

function heldOutCounts(labelling: Labelling, heldOut: Uint8Array): Int32Array {
  const indices = Int32Array.from(heldOut.keys()).filter((index) => heldOut[index] === 1);
  return labelCounts(labelling, indices);
}

/** What was done to the classes. */
function sentence(edit: LabelEdit, names: readonly string[]): string {
  switch (edit.kind) {
    case 'addClass':
      return `The class ‘${edit.name.trim()}’ is there now.`;
    case 'renameClass':
      return `‘${names[edit.class]}’ is called ‘${edit.name.trim()}’ now.`;
    case 'mergeClasses':
      return `‘${names[edit.from]}’ is part of ‘${names[edit.into]}’ now.`;
    case 'removeClass':
      return `The class ‘${names[edit.class]}’ is gone; its pictures have no label.`;
    default:
      return '';
  }
}
