/** How to train: one of the methods, each in a sentence. */

import { methodFacts, methodNames } from '../../recipe';
import { Panel } from '../panels/panel/Panel';
import { takeMethod } from '../store/actions';
import { methodTitle, useProblems, useUnderWay } from '../store/facts';
import { useSetup } from '../store/setup';
import { ProblemLines } from './ProblemLines';
import styles from './setup.module.css';
import { useShown } from './useShown';

export function MethodCard() {
  const recipe = useSetup((s) => s.recipe);
  const underWay = useUnderWay();
  const problems = useProblems().filter(({ field }) => field === 'method');
  const shown = useShown('method');
  const methods = methodNames.filter((method) => !underWay || method === recipe.method);
  return (
    <Panel title="2 · Method">
      <div ref={shown} className={styles.options} data-field="method">
        {methods.map((method) => {
          const { title, about, source, readsLabels } = methodFacts[method];
          const chosen = method === recipe.method;
          return (
            <button
              key={method}
              type="button"
              className={`${styles.option} ${chosen ? styles.on : ''}`}
              aria-pressed={chosen}
              disabled={underWay}
              onClick={() => takeMethod(method)}
            >
              <span className={styles.optionHead}>
                <b>{chosen ? methodTitle(recipe) : title}</b>
                <span className={styles.soft}>{readsLabels ? 'a few labels' : 'no labels'}</span>
              </span>
              <span className={styles.soft}>
                {about}
                {chosen && ` ${source}.`}
              </span>
              {chosen && recipe.method === 'paws' && recipe.support_ce_weight > 0 && (
                <span className={styles.soft}>
                  <b>+ CE:</b> a plain loss on the labelled pictures beside the votes, an extra that the paper
                  does not have. Pure PAWS does not leave its uniform start within some hundred steps.
                </span>
              )}
            </button>
          );
        })}
      </div>
      <ProblemLines problems={problems} locked={underWay} />
    </Panel>
  );
}
