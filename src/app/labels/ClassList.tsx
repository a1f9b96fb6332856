/** The classes: each gives its label to the chosen pictures when it is pressed or they are dropped on it. */

import { ActionIcon, Button, NativeSelect, TextInput } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { type LabelEdit, type Labelling, maxClassNameLength } from '../../labels';
import { messageOf } from '../../platform/errors';
import { keyOfClass } from './classKeys';
import styles from './labels.module.css';
import { dropAttribute } from './useGridPointer';

interface Props {
  labelling: Labelling;
  /** [classes] labelled training pictures, and labelled held-out ones. */
  counts: Int32Array;
  heldOutCounts: Int32Array;
  /** Why classes cannot be changed now; null where they can. */
  fixed: string | null;
  /** Gives the chosen pictures a class. */
  onGive(label: number): void;
  /** Does an edit and tells of it. @throws PawsaurError */
  onEdit(edit: LabelEdit): void;
}

export function ClassList(props: Props) {
  const { labelling, counts, heldOutCounts, fixed, onGive, onEdit } = props;
  const [edited, setEdited] = useState(-1);
  const why = useId();
  return (
    <div className={styles.classes}>
      <h3 className={styles.heading}>Classes</h3>
      {labelling.classNames.length === 0 && (
        <p className={styles.soft}>There are none yet. Name the first, such as ‘cat’.</p>
      )}
      <ul className={styles.classRows}>
        {labelling.classNames.map((name, label) => {
          const key = keyOfClass(label);
          const held = heldOutCounts[label]!;
          return (
            // Names are unique, and a class that is renamed keeps its place.
            // biome-ignore lint/suspicious/noArrayIndexKey: the number is what a class is
            <li key={label} {...{ [dropAttribute]: label }} className={styles.classRow}>
              <button type="button" className={styles.give} onClick={() => onGive(label)}>
                {key !== null && <kbd className={styles.key}>{key}</kbd>}
                <span className={styles.className}>{name}</span>
                <span className={counts[label] === 0 ? styles.noneGiven : styles.given}>
                  {counts[label]}
                  <span className={styles.unseen}>
                    {counts[label] === 1 ? ' label' : ' labels'}
                    {held > 0 && `, and ${held} held out`}
                  </span>
                  {held > 0 && (
                    <span className={styles.soft} aria-hidden="true">
                      {' '}
                      +{held}
                    </span>
                  )}
                </span>
              </button>
              <ActionIcon
                variant="subtle"
                size={26}
                aria-label={`Change the class ${name}`}
                aria-expanded={edited === label}
                disabled={fixed !== null}
                aria-describedby={fixed === null ? undefined : why}
                onClick={() => setEdited(edited === label ? -1 : label)}
              >
                <IconPencil size={14} aria-hidden />
              </ActionIcon>
              {edited === label && (
                <EditClass
                  key={name}
                  labelling={labelling}
                  label={label}
                  onEdit={onEdit}
                  onDone={() => setEdited(-1)}
                />
              )}
            </li>
          );
        })}
      </ul>
      {fixed === null ? (
        <AddClass onEdit={onEdit} />
      ) : (
        <p id={why} className={styles.locked}>
          {fixed}
        </p>
      )}
    </div>
  );
}

function AddClass({ onEdit }: Pick<Props, 'onEdit'>) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    try {
      onEdit({ kind: 'addClass', name });
      setName('');
      setError(null);
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  return (
    <form className={styles.addClass} onSubmit={add}>
      <TextInput
        size="xs"
        aria-label="Name of a new class"
        placeholder="New class"
        value={name}
        maxLength={maxClassNameLength}
        error={error}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setError(null);
        }}
      />
      <Button
        type="submit"
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={name.trim() === ''}
      >
        Add
      </Button>
    </form>
  );
}

interface EditProps {
  labelling: Labelling;
  label: number;
  onEdit(edit: LabelEdit): void;
  onDone(): void;
}

function EditClass({ labelling, label, onEdit, onDone }: EditProps) {
  const { classNames } = labelling;
  const [name, setName] = useState(classNames[label]!);
  const [error, setError] = useState<string | null>(null);
  const attempt = (edit: LabelEdit) => {
    try {
      onEdit(edit);
      onDone();
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  const rename = (event: FormEvent) => {
    event.preventDefault();
    if (name === classNames[label]) onDone();
    else attempt({ kind: 'renameClass', class: label, name });
  };
  const others = classNames.flatMap((other, index) =>
    index === label ? [] : [{ value: String(index), label: other }],
  );
  return (
    <form className={styles.editClass} onSubmit={rename}>
      <TextInput
        size="xs"
        label="Name"
        value={name}
        maxLength={maxClassNameLength}
        error={error}
        data-autofocus
        onChange={(event) => {
          setName(event.currentTarget.value);
          setError(null);
        }}
      />
      <Button type="submit" size="xs" variant="default">
        Rename
      </Button>
      {others.length > 0 && (
        <NativeSelect
          size="xs"
          label="Merge into"
          value=""
          data={[{ value: '', label: 'choose a class…' }, ...others]}
          onChange={(event) => {
            const into = event.currentTarget.value;
            if (into !== '') attempt({ kind: 'mergeClasses', from: label, into: Number(into) });
          }}
        />
      )}
      <Button
        size="xs"
        variant="default"
        className={styles.remove}
        onClick={() => attempt({ kind: 'removeClass', class: label })}
      >
        Remove
      </Button>
    </form>
  );
}
