import { describe, it } from 'vitest';
import { expectClose, loadFixture } from '../checkpoint/parity';
import { effectiveRank, featureStd, outputMetrics, rankMe, singularValues } from './collapse';

describe('collapse metrics against their formulas in float64', () => {
  const golden = loadFixture('collapse_metrics');
  const matrices = golden.names().filter((name) => name.endsWith('/features'));

  it.each(matrices)('gives the same spread and ranks for %s', (name) => {
    const prefix = name.slice(0, name.indexOf('/'));
    const [n, dim] = golden.shape(name) as [number, number];
    const features = golden.floats(name);
    const singular = singularValues(features, n, dim);
    expectClose(golden, `${prefix}/singular_values`, singular);
    expectClose(golden, `${prefix}/effective_rank`, [effectiveRank(singular)]);
    expectClose(golden, `${prefix}/rankme`, [rankMe(singular)]);
    expectClose(golden, `${prefix}/feature_std`, [featureStd(features, n, dim)]);
  });

  it('splits the cross-entropy into teacher entropy and KL', () => {
    const metrics = outputMetrics(
      golden.floats('teacher_logits'),
      golden.floats('student_logits'),
      golden.floats('center'),
      { teacher: golden.number('teacher_temp'), student: golden.number('student_temp') },
    );
    expectClose(golden, 'teacher_entropy', metrics.teacherEntropy);
    expectClose(golden, 'kl', metrics.kl);
    expectClose(golden, 'cross_entropy', metrics.crossEntropy);
    expectClose(golden, 'mean_teacher_entropy', [metrics.meanTeacherEntropy]);
  });
});
