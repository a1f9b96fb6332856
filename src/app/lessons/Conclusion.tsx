/** What came of a run, beside its honest baselines. */

import { methodFacts } from '../../recipe';
import type { BaselinesReport, EvaluationReport } from '../../session/protocol';
import { useHistory } from '../store/history';
import { useRun } from '../store/run';
import { accuracySentence, rivalSentence } from './labelSentences';
import styles from './lessons.module.css';

const percent = (value: number) => `${value.toFixed(1)} %`;

/** One sentence on k-NN; null without labels. */
export function knnSentence(last: EvaluationReport, baselines: BaselinesReport | null): string | null {
  const { looKnn10, knn10 } = last;
  const [name, ours, how] =
    looKnn10 !== null
      ? ['looKnn10' as const, looKnn10, 'leave-one-out']
      : ['knn10' as const, knn10, 'held-out'];
  if (ours === null) return null;
  const rivals = [
    ['raw pixels', baselines?.pixels[name]],
    ['colour histograms', baselines?.histogram[name]],
    ['the untrained network', baselines?.randomInit[name]],
  ].filter((rival): rival is [string, number] => typeof rival[1] === 'number');
  const said = `k-NN on its features (${how}, k = 10) is right for ${percent(ours)} of the pictures`;
  if (rivals.length === 0) return `${said}.`;
  const [best, score] = rivals.reduce((a, b) => (b[1] > a[1] ? b : a));
  if (ours > score + 2)
    return `${said}, more than anything that needs no training: ${best} reach ${percent(score)}.`;
  if (ours < score - 2) return `${said}. That is still less than ${best} at ${percent(score)}.`;
  return `${said}, about as many as with ${best} (${percent(score)}).`;
}

/** One sentence on attention; null without masks. */
export function attentionSentence(last: EvaluationReport, baselines: BaselinesReport | null): string | null {
  const ours = last.jaccardHeadMean;
  const disc = baselines?.centredDisc?.jaccard ?? null;
  const start = baselines?.randomInit.jaccardHeadMean ?? null;
  if (ours === null) return null;
  const from = start === null ? '' : `, from ${start.toFixed(1)} before training`;
  const said = `Attention overlaps the objects with a Jaccard of ${ours.toFixed(1)}${from}`;
  if (disc === null) return `${said}.`;
  if (ours > disc)
    return `${said}. A disc in the middle of the picture scores ${disc.toFixed(1)}: it found the object.`;
  return `${said}. A disc in the middle of the picture still scores more: ${disc.toFixed(1)}.`;
}

export function Conclusion() {
  const evaluations = useRun((s) => s.evaluations);
  const baselines = useRun((s) => s.baselines);
  const steps = useRun((s) => s.run.step);
  const recipe = useRun((s) => s.recipe);
  const runs = useHistory((s) => s.runs);
  const last = evaluations.at(-1);
  if (last === undefined || steps === 0) return <p>The run ended before it was scored.</p>;
  const rivals = runs.map((run) => ({ recipe: run.recipe, evaluations: run.file.evaluations }));
  const labelled = recipe !== null && methodFacts[recipe.method].readsLabels;
  const sentences = [
    accuracySentence(evaluations, baselines),
    recipe === null ? null : rivalSentence(recipe, last, rivals),
    knnSentence(last, baselines),
    attentionSentence(last, baselines),
  ].filter((s) => s !== null);
  return (
    <>
      {sentences.length === 0 && (
        <p>Without labels and masks there is nothing to score it with but your eyes.</p>
      )}
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <p className={styles.soft}>
        {labelled
          ? `One run of ${steps} steps with one draw of labels. Another draw moves the score by ten points and more: try three before you believe a difference.`
          : `One run of ${steps} steps with one seed. Another seed moves k-NN by some points: change it and start again before you believe a difference.`}
      </p>
      <p>Its weights and numbers can be downloaded below. Starting again keeps them in the list.</p>
    </>
  );
}
