/** Where pictures are to go: into a new set under a name, or to one that is there. */

import { NativeSelect, TextInput } from '@mantine/core';
import type { ImportRequest } from '../../session/library';
import { plural, showName } from '../format';
import { unusedName } from '../store/library';
import { useLibrary } from '../store/libraryState';
import styles from './sources.module.css';

export interface TargetChoice {
  /** Id of a set; '' for a new one. */
  into: string;
  /** Name of the new set. */
  name: string;
}

interface Props {
  value: TargetChoice;
  /** Name of a new set where none is typed. */
  fallback: string;
  onChange(value: TargetChoice): void;
}

export function Target({ value, fallback, onChange }: Props) {
  const sets = useLibrary((s) => s.sets);
  const { into, name } = value;
  return (
    <div className={styles.target}>
      {sets.length > 0 && (
        <NativeSelect
          size="sm"
          label="Add to"
          value={into}
          data={[
            { value: '', label: 'a new set' },
            ...sets.map((set) => ({
              value: set.id,
              label: `${showName(set.name)}, ${plural(set.count, 'picture')}`,
            })),
          ]}
          onChange={(event) => onChange({ ...value, into: event.currentTarget.value })}
        />
      )}
      {into === '' && (
        <TextInput
          size="sm"
          label="Name of the set"
          placeholder={fallback}
          value={name}
          maxLength={200}
          onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

/** The choice as an import takes it; a set that has gone meanwhile becomes a new one. */
export function requestFor(
  { into, name }: TargetChoice,
  fallback: string,
): Pick<ImportRequest, 'name' | 'into'> {
  const set = useLibrary.getState().sets.find(({ id }) => id === into);
  return set === undefined ? { name: unusedName(name.trim() || fallback) } : { name: set.name, into };
}
