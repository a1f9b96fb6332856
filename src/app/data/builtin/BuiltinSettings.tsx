/** The settings of a built-in set, with pictures of what they make and what to expect of a training on them. */

import { Button } from '@mantine/core';
import {
  builtinParams,
  type FieldProblem,
  fieldApplies,
  officialRecipe,
  pictureFieldNames,
  recipeFields,
} from '../../../recipe';
import { FieldRow } from '../../setup/FieldRow';
import setupStyles from '../../setup/setup.module.css';
import { changeField, ensureData } from '../../store/actions';
import { useUnderWay } from '../../store/facts';
import { exportSet, useImports } from '../../store/library';
import { pictureFields, setFields, useSetup } from '../../store/setup';
import { PackingProgress } from '../library/PackingProgress';
import { BuiltinSheet, requestOf } from './BuiltinSheet';
import styles from './builtin.module.css';
import { whatToExpect } from './words';

/** Seeds there are. */
const seeds = 2 ** 31;

export function BuiltinSettings({ problems }: { problems: readonly FieldProblem[] }) {
  const recipe = useSetup((s) => s.recipe);
  const underWay = useUnderWay();
  const shown = pictureFieldNames.filter(
    (name) => name !== 'data' && fieldApplies(recipeFields[name], recipe),
  );
  const packing = useImports((s) => (s.packing?.set === recipe.data ? s.packing : null));
  const request = requestOf(recipe);
  const changed = Object.keys(builtinParams(recipe)).length > 0;
  return (
    <div className={styles.settings}>
      <BuiltinSheet recipe={recipe} />
      <ul className={styles.expect}>
        {whatToExpect(recipe).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {!underWay && (
        <div className={setupStyles.pickers}>
          <Button
            variant="default"
            size="compact-sm"
            onClick={() => void changeField('data_seed', (recipe.data_seed + 1) % seeds)}
          >
            Draw others
          </Button>
          {changed && (
            <Button variant="default" size="compact-sm" onClick={setBack}>
              Back to {recipe.data} as it was
            </Button>
          )}
          {request !== null && packing === null && (
            <Button variant="default" size="compact-sm" onClick={() => void exportSet(request)}>
              Save as ZIP
            </Button>
          )}
        </div>
      )}
      {packing !== null && <PackingProgress {...packing} />}
      <div className={setupStyles.fields}>
        {shown.map((name) => (
          <FieldRow key={name} name={name} problems={problems.filter(({ field }) => field === name)} />
        ))}
      </div>
    </div>
  );
}

/** The same set and seed with all its settings as they come. */
function setBack(): void {
  const { data, data_seed } = useSetup.getState().recipe;
  setFields({ ...pictureFields(officialRecipe), data, data_seed });
  void ensureData();
}
