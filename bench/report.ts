/** The benchmark's results as tables. */
import { type Bar, bars } from './bars';
import { type ContenderName, contenderNames } from './contender';
import type { KernelTime } from './gpuProbe';
import type { Spread, Timing } from './measure';

export type Timings = Partial<Record<ContenderName, Timing>>;

/** All results of a run, as they are written to JSON. */
export interface Results {
  adapter: string;
  date: string;
  /** The fastest product of 1024 × 1024 matrices beside each workload, Gflop/s. */
  ceilings: Record<string, number | null>;
  workloads: Record<string, Timings>;
}

const metrics: readonly { key: keyof Timing; title: string; show: (value: number) => string }[] = [
  { key: 'stepMs', title: 'step, ms', show: (ms) => ms.toFixed(ms < 10 ? 2 : 1) },
  { key: 'hostMs', title: 'JavaScript, ms', show: (ms) => ms.toFixed(ms < 10 ? 2 : 1) },
  { key: 'gpuMs', title: 'GPU, ms', show: (ms) => ms.toFixed(ms < 10 ? 2 : 1) },
  { key: 'dispatches', title: 'dispatches', show: (count) => count.toFixed(0) },
  { key: 'gpuBytes', title: 'GPU memory, MiB', show: (bytes) => (bytes / 2 ** 20).toFixed(1) },
  { key: 'firstStepMs', title: 'first step, ms', show: (ms) => ms.toFixed(0) },
];

function showSpread({ median, min, max }: Spread, show: (value: number) => string): string {
  return min === max ? show(median) : `${show(median)} (${show(min)}–${show(max)})`;
}

/** Columns padded to the widest entry, as a Markdown table. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/** Ours divided by a peer's, of medians; null where either is missing. */
function ratio(timings: Timings, metric: keyof Timing, against: ContenderName): number | null {
  const [ours, theirs] = [timings.ours?.[metric], timings[against]?.[metric]];
  return ours && theirs ? ours.median / theirs.median : null;
}

/** One workload: a row per measure, a column per contender, then ours divided by each peer's. */
export function workloadTable(timings: Timings): string {
  const names = contenderNames.filter((name) => timings[name]);
  const peers = names.filter((name) => name !== 'ours' && timings.ours);
  const head = ['', ...names, ...peers.map((name) => `ours / ${name}`)];
  const rows = metrics.map(({ key, title, show }) => [
    title,
    ...names.map((name) => {
      const spread = timings[name]?.[key];
      return spread ? showSpread(spread, show) : '–';
    }),
    ...peers.map((name) => ratio(timings, key, name)?.toFixed(2) ?? '–'),
  ]);
  return table([head, ...rows]);
}

/** What a contender's fastest step achieves in products of matrices, as a share of the adapter's ceiling. */
export function productShare(timing: Timing, productFlops: number, ceilingGflops: number): number | null {
  return timing.gpuMs ? productFlops / (timing.gpuMs.min * 1e6) / ceilingGflops : null;
}

const software = (adapter: string) => /llvmpipe|swiftshader/i.test(adapter);

function measured({ workload, metric, against }: Bar, { workloads }: Results): number | null {
  const timings = workloads[workload];
  if (!timings) return null;
  return against ? ratio(timings, metric, against) : (timings.ours?.[metric]?.median ?? null);
}

/** The bars this run has figures for, and whether they are met. */
export function barTable(results: Results): string {
  const kind = software(results.adapter) ? 'software' : 'gpu';
  const rows = bars.flatMap((bar) => {
    const value = measured(bar, results);
    if (value === null) return [];
    const atMost = bar[kind];
    const title = metrics.find(({ key }) => key === bar.metric)?.title ?? bar.metric;
    const digits = bar.against ? 3 : 0;
    return [
      [
        `${bar.workload} ${title}${bar.against ? ` / ${bar.against}` : ''}`,
        value.toFixed(digits),
        atMost === null ? 'recorded' : `≤ ${atMost.toFixed(digits)}`,
        atMost === null ? '' : value <= atMost ? 'met' : 'MISSED',
      ],
    ];
  });
  return rows.length > 0 ? table([['ours', 'measured', 'bar', ''], ...rows]) : '';
}

/** GPU time by kernel, longest first. */
export function profileTable(kernels: readonly KernelTime[]): string {
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  return table([
    ['kernel', 'ms', 'share', 'dispatches'],
    ...kernels.map(({ name, ms, dispatches }) => [
      name,
      ms.toFixed(2),
      `${((100 * ms) / total).toFixed(1)} %`,
      String(dispatches),
    ]),
    ['all', total.toFixed(2), '', String(kernels.reduce((sum, { dispatches }) => sum + dispatches, 0))],
  ]);
}

/** Kernels that are products of matrices, by how their names begin. */
const PRODUCTS = /gemm|attention|convolution|MatMul/;

/** What most of a step's time goes into, in words. */
export function boundOf(timing: Timing, profile: readonly KernelTime[] | null): string {
  const { stepMs, hostMs, gpuMs } = timing;
  if (hostMs && hostMs.median > 0.5 * stepMs.median) return 'JavaScript';
  if (gpuMs && gpuMs.median < 0.5 * stepMs.median) return 'waiting between submits';
  if (!profile) return '–';
  const total = profile.reduce((sum, { ms }) => sum + ms, 0);
  const products = profile.filter(({ name }) => PRODUCTS.test(name)).reduce((sum, { ms }) => sum + ms, 0);
  const [other] = profile.filter(({ name }) => !PRODUCTS.test(name));
  const rest = other ? `, then ${other.name} ${((100 * other.ms) / total).toFixed(0)} %` : '';
  return `products ${((100 * products) / total).toFixed(0)} %${rest}`;
}

/** A point of a scaling curve. */
export interface CurvePoint {
  size: string;
  value: number;
  timing: Timing;
  profile: KernelTime[] | null;
  productFlops: number;
  ceiling: number | null;
}

/** A scaling curve, a row per point. */
export function curveTable(points: readonly CurvePoint[]): string {
  const rows = points.map(({ size, value, timing, profile, productFlops, ceiling }) => {
    const share = ceiling ? productShare(timing, productFlops, ceiling) : null;
    return [
      `${size} ${value}`,
      showSpread(timing.stepMs, (ms) => ms.toFixed(0)),
      timing.hostMs?.median.toFixed(1) ?? '–',
      timing.gpuMs?.median.toFixed(0) ?? '–',
      timing.dispatches?.median.toFixed(0) ?? '–',
      timing.gpuBytes ? (timing.gpuBytes.median / 2 ** 20).toFixed(0) : '–',
      share === null ? '–' : `${(100 * share).toFixed(0)} %`,
      boundOf(timing, profile),
    ];
  });
  return table([
    ['', 'step, ms', 'JavaScript, ms', 'GPU, ms', 'dispatches', 'MiB', 'of ceiling', 'bound by'],
    ...rows,
  ]);
}
