/** Above the grid: which pictures are shown. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo } from 'react';
import { shortened } from '../../../labels';
import { showCount } from '../../format';
import frame from '../../labels/labels.module.css';
import { Choice } from '../../panels/panel/Panel';
import { everyPicture, type Filter, type Pictures } from './pictureFacts';
import styles from './surface.module.css';

interface Props {
  pictures: Pictures;
  filter: Filter;
  view: 'inUse' | 'leftOut';
  /** How many pictures of the set are left out. */
  leftOut: number;
  onFilter(filter: Filter): void;
  onSearch(search: string): void;
  onView(view: 'inUse' | 'leftOut'): void;
}

/** What a filter may ask for, as the words of a choice. */
const sides = [
  ['', 'training and held out'],
  ['train', 'to train on'],
  ['heldOut', 'held out'],
] as const;
const labelled = [
  ['', 'labelled or not'],
  ['yes', 'labelled'],
  ['no', 'without a label'],
] as const;
const masked = [
  ['', 'mask or none'],
  ['yes', 'with a mask'],
  ['no', 'without a mask'],
] as const;
const alike = [
  ['', 'alike or not'],
  ['exact', 'exact duplicates'],
  ['near', 'near duplicates'],
] as const;

type Words = readonly (readonly [value: string, label: string])[];
const truthOf = (value: string) => (value === '' ? null : value === 'yes');
const wordOf = (truth: boolean | null) => (truth === null ? '' : truth ? 'yes' : 'no');

export function DataTools({ pictures, filter, view, leftOut, onFilter, onSearch, onView }: Props) {
  const { classNames, classes, names, stored } = pictures;
  const ofNone = useMemo(() => classes.includes(-1), [classes]);
  const mixedMasks = useMemo(
    () => pictures.masked?.includes(0) && pictures.masked.includes(1),
    [pictures.masked],
  );
  const classWords: Words = [
    ['', 'any class'],
    ...classNames.map((name, label) => [String(label), shortened(name, 60)] as const),
    ...(ofNone ? [['-1', 'no class'] as const] : []),
  ];
  const filtered = JSON.stringify(filter) !== JSON.stringify(everyPicture);
  return (
    <section className={frame.tools} aria-label="Which pictures are shown">
      <TextInput
        size="xs"
        type="search"
        className={styles.search}
        aria-label="Search by name"
        placeholder="Part of a name"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={filter.search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      {view === 'inUse' && (
        <div className={styles.filters}>
          {classWords.length > 2 && (
            <Pick
              label="Class"
              words={classWords}
              value={filter.label === null ? '' : String(filter.label)}
              onPick={(value) => onFilter({ ...filter, label: value === '' ? null : Number(value) })}
            />
          )}
          <Pick
            label="Training or held out"
            words={sides}
            value={filter.side ?? ''}
            onPick={(value) =>
              onFilter({ ...filter, side: value === 'train' || value === 'heldOut' ? value : null })
            }
          />
          <Pick
            label="Labels"
            words={labelled}
            value={wordOf(filter.labelled)}
            onPick={(value) => onFilter({ ...filter, labelled: truthOf(value) })}
          />
          {mixedMasks && (
            <Pick
              label="Masks"
              words={masked}
              value={wordOf(filter.masked)}
              onPick={(value) => onFilter({ ...filter, masked: truthOf(value) })}
            />
          )}
          {stored !== null && (
            <Pick
              label="Duplicates"
              words={alike}
              value={filter.alike ?? ''}
              onPick={(value) =>
                onFilter({ ...filter, alike: value === 'exact' || value === 'near' ? value : null })
              }
            />
          )}
          {filtered && (
            <Button size="xs" variant="subtle" onClick={() => onFilter(everyPicture)}>
              Show all
            </Button>
          )}
        </div>
      )}
      {stored !== null && (leftOut > 0 || view === 'leftOut') && (
        <Choice
          label="Pictures in use or left out"
          value={view}
          options={[
            { value: 'inUse', label: `in use ${showCount(names.length)}` },
            { value: 'leftOut', label: `left out ${showCount(leftOut)}` },
          ]}
          onChange={onView}
        />
      )}
    </section>
  );
}

interface PickProps {
  label: string;
  words: Words;
  value: string;
  onPick(value: string): void;
}

function Pick({ label, words, value, onPick }: PickProps) {
  return (
    <NativeSelect
      size="xs"
      aria-label={label}
      className={styles.pick}
      data-active={value !== '' || undefined}
      value={value}
      data={words.map(([value, label]) => ({ value, label }))}
      onChange={(event) => onPick(event.currentTarget.value)}
    />
  );
}
