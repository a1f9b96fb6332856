/** One field of the recipe: its plain and its official name, the control, what the paper used, what is wrong. */

import { ActionIcon } from '@mantine/core';
import { IconArrowBackUp, IconLock } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { type FieldName, type FieldProblem, recipeField } from '../../recipe';
import { changeField } from '../store/actions';
import { useUnderWay } from '../store/facts';
import { showValue } from '../store/history';
import { presetRecipe, useSetup } from '../store/setup';
import { FieldControl } from './FieldControl';
import { ProblemLines } from './ProblemLines';
import styles from './setup.module.css';
import { useShown } from './useShown';

/** Names the sentence that says why fields are locked, for the locked controls to point at. */
export const lockedId = 'why-locked';

interface Props {
  name: FieldName;
  problems: readonly FieldProblem[];
}

export function FieldRow({ name, problems }: Props) {
  const method = useSetup((s) => s.recipe.method);
  const spec = recipeField(name, method);
  const value = useSetup((s) => s.recipe[name]);
  const preset = useSetup((s) => presetRecipe(s.preset)[name]);
  const underWay = useUnderWay();
  const [explained, setExplained] = useState(false);
  const id = useId();
  const holder = useShown(name);
  const locked = underWay && !spec.live;
  const helpId = `${id}-help`;
  const problemsId = `${id}-problems`;
  const described = [helpId, problems.length > 0 && problemsId, locked && lockedId].filter(Boolean).join(' ');
  return (
    <div ref={holder} className={styles.field} data-field={name}>
      <div className={styles.fieldHead}>
        <label htmlFor={id}>
          {spec.label}
          {spec.live && <span className={styles.live}>live</span>}
          {locked && <IconLock size={12} className={styles.lock} aria-hidden />}
        </label>
        <FieldControl
          id={id}
          spec={spec}
          value={value}
          locked={locked}
          invalid={problems.some(({ kind }) => kind === 'refusal')}
          describedBy={described}
          onChange={(next) => void changeField(name, next)}
        />
      </div>
      <div className={styles.fieldFoot}>
        <span className={styles.soft}>
          <code>{spec.officialName ?? name}</code>
          {'unit' in spec && spec.unit !== undefined && spec.unit !== name && ` · ${spec.unit}`} ·{' '}
          {spec.paper}
        </span>
        <button
          type="button"
          className={styles.why}
          aria-expanded={explained}
          aria-controls={helpId}
          aria-label={`What is ${spec.label}?`}
          onClick={() => setExplained(!explained)}
        >
          ?
        </button>
        {value !== preset && !locked && (
          <ActionIcon
            variant="subtle"
            size={20}
            aria-label={`Back to ${showValue(name, preset)}: ${spec.label}`}
            title={`Back to ${showValue(name, preset)}`}
            onClick={() => void changeField(name, preset)}
          >
            <IconArrowBackUp size={14} aria-hidden />
          </ActionIcon>
        )}
      </div>
      <p id={helpId} className={styles.help} hidden={!explained}>
        {spec.help}
      </p>
      <ProblemLines id={problemsId} problems={problems} locked={locked} />
    </div>
  );
}
