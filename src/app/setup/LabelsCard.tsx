/** Which pictures tell their class: a few of each, drawn by a seed, or those that the person labels. */

import { Button, SegmentedControl } from '@mantine/core';
import { useId, useMemo, useState } from 'react';
import { type BudgetReport, describeBudget, type Labelling } from '../../labels';
import { methodFacts, type Recipe } from '../../recipe';
import { experimentSurface } from '../experiment/experiment';
import { plural, showCount } from '../format';
import { labelSurface } from '../labels/labelSurface';
import { Panel } from '../panels/panel/Panel';
import { changeField } from '../store/actions';
import { methodTitle, useProblems, useUnderWay } from '../store/facts';
import { labelByHand, pickLabels, trainingCounts, useLabels, useShownLabels } from '../store/labels';
import { reportError, tell } from '../store/notify';
import { setFields, useSetup } from '../store/setup';
import { FieldRow } from './FieldRow';
import { ProblemLines } from './ProblemLines';
import styles from './setup.module.css';
import { useShown } from './useShown';

const sources: { value: Recipe['label_source']; label: string }[] = [
  { value: 'budget', label: 'Drawn' },
  { value: 'hand', label: 'By hand' },
];

export function LabelsCard() {
  const recipe = useSetup((s) => s.recipe);
  const underWay = useUnderWay();
  const labelling = useShownLabels();
  const problems = useProblems();
  const shown = useShown('label_source');
  const question = useId();
  const { readsLabels } = methodFacts[recipe.method];
  const [opened, setOpened] = useState(false);
  const of = (name: string) => problems.filter(({ field }) => field === name);
  const choose = (source: string) => {
    if (source === 'hand') labelByHand();
    setFields({ label_source: source as Recipe['label_source'] });
  };
  const note = readsLabels ? undefined : `${methodTitle(recipe)} never sees them`;
  if (!readsLabels && !opened) {
    return (
      <Panel title="3 · Labels" note={note}>
        <button type="button" className={styles.more} onClick={() => setOpened(true)}>
          Choose those that it is scored with…
        </button>
      </Panel>
    );
  }
  return (
    <Panel title="3 · Labels" note={note}>
      <div ref={shown} className={styles.stackSmall} data-field="label_source">
        <span id={question} className={styles.soft}>
          {readsLabels
            ? 'These pictures tell their class. All other labels stay hidden and only score.'
            : 'What would these labels be worth on its features? Scored beside the training, not used in it.'}
        </span>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-labelledby={question}
          data={sources}
          value={recipe.label_source}
          disabled={underWay}
          onChange={choose}
        />
        <ProblemLines problems={of('label_source')} locked={underWay} />
      </div>
      {recipe.label_source === 'budget' ? <Budget problems={problems} labelling={labelling} /> : <ByHand />}
      {labelling !== null && <ClassCounts labelling={labelling} />}
      <LabelButtons />
    </Panel>
  );
}

interface BudgetProps {
  problems: ReturnType<typeof useProblems>;
  labelling: Labelling | null;
}

function Budget({ problems, labelling }: BudgetProps) {
  const perClass = useSetup((s) => s.recipe.labels_per_class);
  const draw = useSetup((s) => s.recipe.label_seed);
  const trainIndices = useLabels((s) => s.trainIndices);
  const underWay = useUnderWay();
  const words = useMemo(
    () => (labelling === null ? '' : budgetWords(describeBudget(labelling, trainIndices, perClass))),
    [labelling, trainIndices, perClass],
  );
  const of = (name: string) => problems.filter(({ field }) => field === name);
  return (
    <>
      <div className={styles.fields}>
        <FieldRow name="labels_per_class" problems={of('labels_per_class')} />
        <FieldRow name="label_seed" problems={of('label_seed')} />
      </div>
      <Button
        variant="default"
        size="compact-sm"
        disabled={underWay}
        onClick={() => void changeField('label_seed', draw + 1)}
      >
        Draw again
      </Button>
      {labelling !== null && labelling.classNames.length > 0 && <p className={styles.soft}>{words}</p>}
    </>
  );
}

/** What a budget comes to; where it asks for more than there is of any class, that once and not class by class. */
function budgetWords({ words, perClass, labels, pictures, short }: BudgetReport): string {
  if (labels < pictures || !short.every(({ available }) => available > 0)) return words;
  return `All ${showCount(pictures)} training pictures have a label: no class has more than ${showCount(perClass)}.`;
}

function ByHand() {
  const { history, trainIndices } = useLabels();
  if (history === null) return null;
  const labelled = trainIndices.reduce((sum, index) => sum + (history.present.given[index]! >= 0 ? 1 : 0), 0);
  return (
    <p className={styles.soft}>
      {plural(labelled, 'label')} on {plural(trainIndices.length, 'training picture')}, given by you.
    </p>
  );
}

/** Chips are shown for so many classes; the others are a press away. */
const mostChips = 12;

function ClassCounts({ labelling }: { labelling: Labelling }) {
  const trainIndices = useLabels((s) => s.trainIndices);
  const [open, setOpen] = useState(false);
  const counts = trainingCounts(labelling, trainIndices);
  const { classNames } = labelling;
  const shown = open ? classNames : classNames.slice(0, mostChips);
  if (classNames.length === 0) return null;
  return (
    <div className={styles.stackSmall}>
      <ul className={styles.counts} aria-label="Labels of each class">
        {shown.map((name, label) => (
          <li key={name} className={counts[label] === 0 ? styles.none : undefined}>
            <span>{name}</span>
            <b>{counts[label]}</b>
          </li>
        ))}
      </ul>
      {classNames.length > mostChips && (
        <button type="button" className={styles.disclose} aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Fewer' : `${classNames.length - mostChips} more`} classes
        </button>
      )}
    </div>
  );
}

function LabelButtons() {
  const perClass = useSetup((s) => s.recipe.labels_per_class);
  const ready = useLabels((s) => s.history !== null);
  const underWay = useUnderWay();
  const [picking, setPicking] = useState(false);
  const pick = async () => {
    setPicking(true);
    try {
      await pickForMe(perClass);
    } catch (thrown) {
      reportError(thrown);
    } finally {
      setPicking(false);
    }
  };
  return (
    <>
      <div className={styles.pickers}>
        <Button variant="default" size="compact-sm" disabled={!ready} onClick={labelSurface.show}>
          Label pictures…
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          disabled={!ready || underWay}
          loading={picking}
          onClick={() => void pick()}
        >
          Pick labels for me
        </Button>
      </div>
      <button type="button" className={styles.more} onClick={experimentSurface.show}>
        What would more labels buy? The experiment…
      </button>
      <p className={styles.soft}>
        Picking takes pictures that differ from each other: the centres of k-means on features. Which ones are
        labelled matters more than any setting.
      </p>
    </>
  );
}

/** Where no class is known, so many pictures are chosen for the person to look at. */
const withoutClasses = 24;
const mostPerClass = 32;

async function pickForMe(perClass: number): Promise<void> {
  const classes = useLabels.getState().history?.present.classNames.length ?? 0;
  const count = classes > 0 ? Math.min(perClass, mostPerClass) : withoutClasses;
  const { picked, labelled } = await pickLabels(count, useSetup.getState().recipe.label_seed);
  if (picked === 0) tell('There are that many labels already', `Every class has ${count} given by hand.`);
  else if (labelled) tell(`${plural(picked, 'varied picture')} labelled`, 'Undo it among the labels.');
  else labelSurface.show();
}
