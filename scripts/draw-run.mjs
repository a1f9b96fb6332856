/**
 * Draws a headless run as a picture for the documentation: `node scripts/draw-run.mjs RUN.json OUT.svg`.
 * Above the loss (20-step means) with its ceiling ln K, below the scores with their baselines.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [file, out] = process.argv.slice(2);
if (!file || !out) {
  console.error('Usage: node scripts/draw-run.mjs RUN.json OUT.svg');
  process.exit(2);
}
const run = JSON.parse(readFileSync(file, 'utf8'));
const { losses, evaluations, baselines, recipe } = run;
const width = 720;
const plot = { left: 52, right: 150, height: 180, gap: 46, top: 30 };
const steps = losses.length;
const x = (step) => plot.left + ((width - plot.left - plot.right) * step) / steps;

/** Mean of the latest `n` values at every step. */
const smooth = (values, n) =>
  values.map((_, i) => {
    const part = values.slice(Math.max(0, i - n + 1), i + 1);
    return part.reduce((a, b) => a + b, 0) / part.length;
  });

function panel(index, title, low, high, lines, levels) {
  const top = plot.top + index * (plot.height + plot.gap);
  const y = (value) => top + plot.height * (1 - (value - low) / (high - low));
  const ticks = [low, (low + high) / 2, high].map(
    (value) =>
      `<line x1="${plot.left}" x2="${x(steps)}" y1="${y(value)}" y2="${y(value)}" stroke="#e3e0d8"/>` +
      `<text x="${plot.left - 6}" y="${y(value) + 4}" text-anchor="end">${Number(value.toFixed(2))}</text>`,
  );
  // Names of curves that end close together are moved apart.
  let free = Number.POSITIVE_INFINITY;
  const byEnd = [...lines].sort((a, b) => a.points.at(-1)[1] - b.points.at(-1)[1]);
  const paths = byEnd.map(({ points, colour, name, dots }) => {
    const path = points.map(([step, value]) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
    const [, last] = points.at(-1);
    const place = Math.min(y(last) + 4, free - 14);
    free = place;
    const marks = dots
      ? points.map(([step, value]) => `<circle cx="${x(step)}" cy="${y(value)}" r="3" fill="${colour}"/>`)
      : [];
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${marks.join('')}` +
      `<text x="${x(steps) + 6}" y="${place}" fill="${colour}">${name} ${last.toFixed(dots ? 1 : 2)}</text>`
    );
  });
  const dashes = levels.map(
    ({ value, name, colour }) =>
      `<line x1="${plot.left}" x2="${x(steps)}" y1="${y(value)}" y2="${y(value)}" stroke="${colour}" stroke-dasharray="5 4"/>` +
      `<text x="${plot.left + 6}" y="${y(value) - 4}" fill="${colour}">${name} ${Number(value.toFixed(3))}</text>`,
  );
  return `<text x="${plot.left}" y="${top - 10}" font-weight="bold">${title}</text>${ticks.join('')}${dashes.join('')}${paths.join('')}
<text x="${x(0)}" y="${top + plot.height + 16}">0</text><text x="${x(steps)}" y="${top + plot.height + 16}" text-anchor="end">step ${steps}</text>`;
}

const lnK = Math.log(recipe.out_dim);
const smoothed = smooth(losses, 20);
const grey = '#6b747b';
const score = (key, name, colour) => {
  const points = evaluations.filter((e) => e[key] !== null).map((e) => [e.step, e[key]]);
  return points.length > 0 ? [{ points, name, colour, dots: true }] : [];
};
const level = (value, name) => (typeof value === 'number' ? [{ value, name, colour: grey }] : []);
const masks = evaluations.some((e) => e.jaccardHeadMean !== null);
const lines = masks
  ? [...score('jaccardHeadMean', 'Jaccard', '#7c3aed'), ...score('knn20', 'k-NN 20', '#b45309')]
  : [...score('looKnn10', 'leave-one-out', '#b45309'), ...score('knn10', 'k-NN 10', '#0f766e')];
const levels = masks
  ? [
      ...level(baselines.centredDisc?.jaccard, 'centred disc'),
      ...level(baselines.pixels?.knn20, 'pixels, k-NN'),
    ]
  : [...level(baselines.pixels?.looKnn10, 'pixels'), ...level(baselines.histogram?.looKnn10, 'colours')];
const values = [
  ...lines.flatMap(({ points }) => points.map(([, value]) => value)),
  ...levels.map((l) => l.value),
];
const low = 10 * Math.floor(Math.min(...values) / 10);
const high = 10 * Math.ceil(Math.max(...values) / 10);
const lossLow = Math.floor(2 * Math.min(...smoothed)) / 2;
const lossHigh = Math.ceil(2 * Math.max(...smoothed)) / 2;
const loss = [
  { points: smoothed.map((value, i) => [i + 1, value]), name: 'loss', colour: '#0f766e', dots: false },
];
const ceiling = [{ value: lnK, name: `ln ${recipe.out_dim} =`, colour: '#b91c1c' }];
writeFileSync(
  out,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 460" font-family="sans-serif" font-size="12">
<title>Loss and scores of ${steps} steps on ${recipe.data}</title>
<rect width="${width}" height="460" fill="#fff"/>
${panel(0, 'Loss, mean of 20 steps', lossLow, lossHigh, loss, ceiling)}
${panel(1, masks ? 'Jaccard and k-NN, percent' : 'k-NN, percent', low, high, lines, levels)}
</svg>
`,
);
