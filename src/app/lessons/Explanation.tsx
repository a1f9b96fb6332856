/** 'What you are looking at': a short text that follows what happens on the page, in the words of its method. */

import type { MethodName, Recipe } from '../../recipe';
import { Panel } from '../panels/panel/Panel';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import { Conclusion } from './Conclusion';
import { dinoTexts } from './dinoTexts';
import styles from './lessons.module.css';
import { pawsTexts } from './pawsTexts';
import { type Situation, situationOf } from './situation';
import { supervisedTexts } from './supervisedTexts';
import { swavTexts } from './swavTexts';
import type { Text, Texts } from './text';

const textsOf: Readonly<Record<MethodName, Texts>> = {
  dino: dinoTexts,
  paws: pawsTexts,
  swav: swavTexts,
  supervised: supervisedTexts,
};

/** What is the same whatever the method. */
const common: Partial<Record<Situation, Text>> = {
  preparing: {
    title: 'Before the first step',
    body: () => (
      <>
        <p>
          The network is built from its seed and scored as it is, with random weights. Even these tell some
          pictures apart: that is the grey, dashed line which training has to beat.
        </p>
        <p>
          Raw pixels and colour histograms are scored too. A method that cannot beat them has learnt nothing
          worth it.
        </p>
      </>
    ),
  },
  finished: { title: 'What came of it', body: () => <Conclusion /> },
  failed: {
    title: 'It stopped',
    body: () => (
      <p>
        The message above says what happened. Curves and scores up to that point are still here, and you can
        download them below.
      </p>
    ),
  },
};

/** The text of a method in a situation. */
export function textFor(method: MethodName, situation: Situation): Text {
  const texts = textsOf[method];
  return common[situation] ?? texts[situation] ?? texts.training;
}

export function Explanation() {
  const run = useRun((s) => s.run);
  const diagnosis = useRun((s) => s.diagnosis);
  const prepared = useRun((s) => s.prepared);
  const ran = useRun((s) => s.recipe);
  const connection = useRun((s) => s.connection);
  const classes = useRun((s) => s.dataset?.classNames.length ?? 0);
  const planned = useSetup((s) => s.recipe);
  const situation = situationOf({ run, diagnosis, prepared, recipe: ran, connection });
  const recipe = situation === 'rest' || ran === null ? planned : ran;
  const outputs = (situation === 'rest' ? null : prepared?.outDim) ?? outputsOf(recipe, classes);
  const { title, body } = textFor(recipe.method, situation);
  return (
    <Panel title={title}>
      <div className={styles.text}>{body({ outputs, recipe })}</div>
    </Panel>
  );
}

/** Prototypes or classes that a run of this recipe would compare; the built-in sets have 10 classes. */
function outputsOf(recipe: Recipe, classes: number): number {
  if (recipe.method === 'dino') return recipe.out_dim;
  return recipe.method === 'swav' ? recipe.nmb_prototypes : Math.max(2, classes || 10);
}
