/** For photos: the one question that decides more than any other field, asked in plain words. */

import { SegmentedControl } from '@mantine/core';
import { useId } from 'react';
import { type ColourSide, colourSide, colourSwitch } from '../../recipe';
import { useUnderWay } from '../store/facts';
import { setFields, useSetup } from '../store/setup';
import styles from './setup.module.css';

const answers: { value: ColourSide; label: string }[] = [
  { value: 'matters', label: 'Yes' },
  { value: 'nuisance', label: 'No' },
];

const consequences: Record<ColourSide, string> = {
  matters:
    'Views keep their colours, so the network may use them. Photos of sorted waste gained 5 points of k-NN this way; hands showing digits lost 28.',
  nuisance:
    'Colours are shuffled, so the network has to look at form. Photos of hands showing digits need that; sorted waste does better without.',
};

export function ColourSwitch() {
  const recipe = useSetup((s) => s.recipe);
  const underWay = useUnderWay();
  const question = useId();
  const side = colourSide(recipe);
  return (
    <div className={styles.question}>
      <b id={question}>Is colour what tells your classes apart?</b>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-labelledby={question}
        data={answers}
        value={side}
        disabled={underWay}
        onChange={(value) => setFields(colourSwitch(recipe, value as ColourSide))}
      />
      <span className={styles.soft}>{consequences[side]}</span>
    </div>
  );
}
