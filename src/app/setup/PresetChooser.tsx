/** Presets, each with its length, the time it would take here, and one honest sentence. */

import { NativeSelect } from '@mantine/core';
import { findPreset, methodFacts, methodNames, type Preset, planRun, presets } from '../../recipe';
import { showCount, showDuration } from '../format';
import { takePreset } from '../store/actions';
import { useFacts, useUnderWay } from '../store/facts';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import { estimateSeconds, useSpeeds } from '../store/speed';
import styles from './setup.module.css';

const groups = methodNames.map((method) => ({
  label: methodFacts[method].title,
  presets: presets.filter((preset) => preset.method === method),
}));

export function PresetChooser() {
  const name = useSetup((s) => s.preset);
  const facts = useFacts();
  const underWay = useUnderWay();
  const adapter = useRun((s) => s.engine?.adapter);
  const measured = useSpeeds((s) => s.measured);
  const preset = findPreset(name);
  // A preset for a folder that is still missing is measured on the built-in sets' size.
  const measuredOn = facts.trainImages > 0 ? facts : { ...facts, trainImages: 1600 };
  const steps = (p: Preset) => planRun(p.recipe, measuredOn.trainImages).totalSteps;
  const seconds = (p: Preset) => estimateSeconds(p.recipe, measuredOn, adapter, measured);
  const label = (p: Preset) => {
    const time = seconds(p);
    return `${p.title} · ${time === null ? `${showCount(steps(p))} steps` : `≈ ${showDuration(time)}`}`;
  };
  const time = preset === undefined ? null : seconds(preset);
  return (
    <div className={styles.preset}>
      <NativeSelect
        label="Preset"
        value={name}
        disabled={underWay}
        onChange={(event) => takePreset(event.currentTarget.value)}
        data={groups.map((group) => ({
          group: group.label,
          items: group.presets.map((p) => ({ value: p.name, label: label(p) })),
        }))}
      />
      {preset !== undefined && (
        <>
          <p>
            {preset.about}{' '}
            <span className={styles.soft}>
              {time === null
                ? 'How long it takes here is known after its first steps.'
                : `About ${showDuration(time)} here, as measured on this adapter.`}
            </span>
          </p>
          <p className={styles.soft}>{preset.expectation}</p>
        </>
      )}
    </div>
  );
}
