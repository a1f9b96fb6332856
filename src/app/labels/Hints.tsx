/** What the labels still lack, in sentences. */

import { useMemo } from 'react';
import { checkLabels, type Labelling } from '../../labels';
import { methodFacts } from '../../recipe';
import { plural } from '../format';
import { trainingCounts } from '../store/labels';
import { useSetup } from '../store/setup';
import styles from './labels.module.css';

export function Hints({ labelling, trainIndices }: { labelling: Labelling; trainIndices: Int32Array }) {
  const recipe = useSetup((s) => s.recipe);
  const problems = useMemo(
    () => checkLabels({ ...recipe, label_source: 'hand' }, labelling, trainIndices),
    [recipe, labelling, trainIndices],
  );
  const labelled = trainingCounts(labelling, trainIndices).reduce((sum, count) => sum + count, 0);
  return (
    <div className={styles.hints}>
      <p>
        <b>{plural(labelled, 'label')}</b> on {plural(trainIndices.length, 'training picture')}.{' '}
        {problems.length === 0 &&
          labelled > 0 &&
          'That is enough to begin with; more help more than anything.'}
        {!methodFacts[recipe.method].readsLabels &&
          ` ${methodFacts[recipe.method].title} does not read them: they only score.`}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map(({ message, kind }) => (
            <li key={message} className={kind === 'refusal' ? styles.refusal : undefined}>
              {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
