/** The recipe: a preset to start from, the few fields that matter most, and all the others one click away. */

import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import {
  type FieldName,
  fieldApplies,
  fieldNames,
  isFieldName,
  pictureFieldNames,
  recipeField,
  recipeFields,
  recipeGroups,
} from '../../recipe';
import { Panel } from '../panels/panel/Panel';
import { takePreset, useUi } from '../store/actions';
import { useProblems, useUnderWay } from '../store/facts';
import { changedFields, useSetup } from '../store/setup';
import { ColourSwitch } from './ColourSwitch';
import { FieldRow, lockedId } from './FieldRow';
import { PresetChooser } from './PresetChooser';
import { ProblemLines } from './ProblemLines';
import { RecipeFiles } from './RecipeFiles';
import styles from './setup.module.css';

/** Chosen on the cards above, not in the form; so are all fields of a built-in set. */
const elsewhere: readonly FieldName[] = ['data', 'method', 'label_source', 'labels_per_class', 'label_seed'];

export function RecipeCard() {
  const { preset, recipe } = useSetup();
  const underWay = useUnderWay();
  const problems = useProblems();
  const ownPictures = recipe.data === 'folder';
  const shown = fieldNames.filter(
    (name) =>
      !elsewhere.includes(name) &&
      (ownPictures || !pictureFieldNames.includes(name)) &&
      fieldApplies(recipeFields[name], recipe),
  );
  const isQuick = (name: FieldName) => recipeField(name, recipe.method).quick === true;
  const quick = shown.filter(isQuick);
  const rest = shown.filter((name) => !isQuick(name));
  const changed = changedFields(preset, recipe);
  const general = problems.filter(({ field }) => !isFieldName(field));
  const row = (name: FieldName) => (
    <FieldRow key={name} name={name} problems={problems.filter(({ field }) => field === name)} />
  );
  return (
    <Panel title="4 · Recipe">
      <PresetChooser />
      {changed.length > 0 && !underWay && (
        <Button variant="subtle" size="compact-xs" className={styles.back} onClick={() => takePreset(preset)}>
          {changed.length === 1 ? '1 field differs' : `${changed.length} fields differ`}: back to the preset
        </Button>
      )}
      <ProblemLines problems={general} />
      {ownPictures && <ColourSwitch />}
      {underWay && (
        <p id={lockedId} className={styles.locked}>
          A run keeps its recipe. Fields marked <span className={styles.live}>live</span> act from the next
          step on; stop the run to change the others.
        </p>
      )}
      <div className={styles.fields}>{quick.map(row)}</div>
      <AllOptions names={rest} row={row} />
      <RecipeFiles />
    </Panel>
  );
}

interface AllOptionsProps {
  names: FieldName[];
  row(name: FieldName): ReactNode;
}

function AllOptions({ names, row }: AllOptionsProps) {
  const [open, setOpen] = useState(false);
  const shownField = useUi((s) => s.shownField);
  const wanted = shownField !== null && names.some((name) => name === shownField.name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every wish opens it again, for the same field too
  useEffect(() => {
    if (wanted) setOpen(true);
  }, [wanted, shownField]);
  return (
    <div>
      <button type="button" className={styles.disclose} aria-expanded={open} onClick={() => setOpen(!open)}>
        {names.length} more options, under their official names
      </button>
      {open &&
        recipeGroups.map(({ group, title, help }) => {
          const members = names.filter((name) => recipeFields[name].group === group);
          if (members.length === 0) return null;
          return (
            <fieldset key={group} className={styles.group}>
              <legend>{title}</legend>
              <p className={styles.soft}>{help}</p>
              <div className={styles.fields}>{members.map(row)}</div>
            </fieldset>
          );
        })}
    </div>
  );
}
