/** Above the grid: what is shown, undo and redo, files. */

import { ActionIcon, Button, NativeSelect, Switch, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react';
import { useRef } from 'react';
import { type LabelHistory, type Labelling, redoWords, undoWords } from '../../labels';
import { reportError } from '../store/notify';
import type { Filter } from './filters';
import { saveLabelFile } from './labelFiles';
import styles from './labels.module.css';

interface Props {
  labelling: Labelling;
  history: LabelHistory;
  filter: Filter;
  hasPicked: boolean;
  /** Whether true classes are known, and shown. */
  hasTruth: boolean;
  revealed: boolean;
  onFilter(filter: Filter): void;
  onReveal(revealed: boolean): void;
  onUndo(): void;
  onRedo(): void;
  onFile(file: File): void;
}

export function LabelTools(props: Props) {
  const { labelling, history, filter, hasPicked, hasTruth, revealed, onFilter } = props;
  const input = useRef<HTMLInputElement>(null);
  const undoes = undoWords(history);
  const redoes = redoWords(history);
  const filters: { value: Filter; label: string }[] = [
    { value: 'training', label: 'to train on' },
    { value: 'unlabelled', label: 'without a label' },
    { value: 'labelled', label: 'with a label' },
    ...(hasPicked ? [{ value: 'picked' as const, label: 'picked for you' }] : []),
    { value: 'heldOut', label: 'held out' },
    { value: 'all', label: 'all' },
    ...(revealed ? [{ value: 'disagree' as const, label: 'labelled against the truth' }] : []),
  ];
  const classes = labelling.classNames.map((name, label) => ({ value: `class:${label}`, label: name }));
  return (
    <div className={styles.tools}>
      <NativeSelect
        size="xs"
        aria-label="Pictures shown"
        value={filter}
        data={[
          { group: 'Pictures', items: filters },
          ...(classes.length > 0 ? [{ group: 'Labelled as', items: classes }] : []),
        ]}
        onChange={(event) => onFilter(event.currentTarget.value as Filter)}
      />
      <div className={styles.toolGroup}>
        <Tooltip label={undoes === null ? 'Nothing to undo' : `Undo: ${undoes} (Ctrl+Z)`}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={undoes === null ? 'Undo' : `Undo: ${undoes}`}
            disabled={undoes === null}
            onClick={props.onUndo}
          >
            <IconArrowBackUp size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={redoes === null ? 'Nothing to do again' : `Redo: ${redoes} (Ctrl+Shift+Z)`}>
          <ActionIcon
            variant="default"
            size={30}
            aria-label={redoes === null ? 'Redo' : `Redo: ${redoes}`}
            disabled={redoes === null}
            onClick={props.onRedo}
          >
            <IconArrowForwardUp size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={styles.toolGroup}>
        <Button variant="default" size="xs" onClick={() => input.current?.click()}>
          Import CSV…
        </Button>
        <Button variant="default" size="xs" onClick={() => saveLabelFile().catch(reportError)}>
          Export CSV
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.tsv,.txt,text/csv"
          data-testid="labels-input"
          aria-label="A file of labels"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file !== undefined) props.onFile(file);
          }}
        />
      </div>
      {hasTruth && (
        <Switch
          size="xs"
          label="Show true classes"
          checked={revealed}
          onChange={(event) => props.onReveal(event.currentTarget.checked)}
        />
      )}
    </div>
  );
}
