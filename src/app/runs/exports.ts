/** What a run leaves behind, as files: weights under the official names, numbers as CSV and JSON. */

import { runText } from '../../session/client';
import { download, fileNameOf } from '../store/download';
import { markPastSaved, markSaved, type PastRun } from '../store/history';
import { reportError } from '../store/notify';
import { session, useRun } from '../store/run';

const nameOf = (preset: string | null, step: number, ending: string) =>
  fileNameOf('pawsaur', preset ?? 'recipe', `step${step}${ending}`);

/** The weights of student and teacher at this step, safetensors. */
export async function saveWeights(): Promise<void> {
  try {
    const { step, bytes } = await session().exportWeights();
    const { preset } = useRun.getState();
    download(
      nameOf(preset, step, '.safetensors'),
      'application/octet-stream',
      bytes as Uint8Array<ArrayBuffer>,
    );
    markSaved();
  } catch (thrown) {
    reportError(thrown);
  }
}

/** One line for each step. */
export function saveMetricsCsv(): void {
  const { preset, run } = useRun.getState();
  download(nameOf(preset, run.step, '.csv'), 'text/csv', session().metricsCsv());
  markSaved();
}

/** Recipe, scores, baselines and all steps. */
export function saveMetricsJson(): void {
  const { preset, run } = useRun.getState();
  const file = session().runJson();
  if (file === null) return;
  download(nameOf(preset, run.step, '.json'), 'application/json', runText(file));
  markSaved();
}

/** The numbers of an earlier run. */
export function savePastRun({ id, file, csv, preset }: PastRun, form: 'csv' | 'json'): void {
  const name = nameOf(preset, file.losses.length, `.${form}`);
  if (form === 'csv') download(name, 'text/csv', csv);
  else download(name, 'application/json', runText(file));
  markPastSaved(id);
}
