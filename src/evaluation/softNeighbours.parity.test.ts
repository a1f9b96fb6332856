import { describe, it } from 'vitest';
import { expectClose, loadFixture } from '../checkpoint/parity';
import { predictedClasses, scoreClassification } from './classification';
import { softNeighbourProbabilities } from './softNeighbours';

describe('soft nearest neighbours against the official evaluation', () => {
  const golden = loadFixture('snn_eval');
  const classes = golden.number('num_classes');
  const probabilities = softNeighbourProbabilities({
    support: golden.floats('train_features'),
    supportLabels: golden.integers('train_labels'),
    queries: golden.floats('test_features'),
    dim: golden.shape('train_features')[1]!,
    classes,
    temperature: golden.number('temperature'),
  });

  it('gives the same probabilities, predictions and accuracy', () => {
    expectClose(golden, 'probs', probabilities);
    expectClose(golden, 'pred', predictedClasses(probabilities, classes));
    const { accuracy } = scoreClassification(probabilities, golden.integers('test_labels'), classes);
    expectClose(golden, 'top1', [accuracy ?? Number.NaN]);
  });
});
