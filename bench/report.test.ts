import { expect, test } from 'vitest';
import type { Timing } from './measure';
import { spread } from './measure';
import { barTable, boundOf, productShare, type Results, table, workloadTable } from './report';

const timing = (stepMs: number, rest: Partial<Timing> = {}): Timing => ({
  stepMs: spread([stepMs]),
  hostMs: null,
  gpuMs: null,
  dispatches: null,
  gpuBytes: null,
  firstStepMs: null,
  ...rest,
});

test('pads columns to their widest entry', () => {
  expect(
    table([
      ['a', 'long'],
      ['xyz', '1'],
    ]),
  ).toBe('| a   | long |\n| --- | ---- |\n| xyz | 1    |');
});

test('shows medians with their extremes, and ratios against every peer', () => {
  const rows = workloadTable({
    ours: timing(0, { stepMs: spread([10, 20, 60]) }),
    tfjs: timing(80),
    jaxjs: timing(40),
  }).split('\n');
  expect(rows[0]).toMatch(/ours.*tfjs.*jaxjs.*ours \/ tfjs.*ours \/ jaxjs/);
  expect(rows[2]).toMatch(/step, ms.*20\.0 \(10\.0–60\.0\).*80\.0.*40\.0.*0\.25.*0\.50/);
  expect(rows[3]).toMatch(/JavaScript, ms.*–.*–/);
});

const results = (adapter: string, ours: number): Results => ({
  adapter,
  date: '',
  ceilings: {},
  workloads: { W1: { ours: timing(ours), tfjs: timing(100) } },
});

test('holds software adapters and real GPUs to bars of their own', () => {
  const software = 'llvmpipe: Mesa';
  expect(barTable(results(software, 33))).toMatch(/W1 step, ms \/ tfjs .*0\.330.*≤ 0\.330.*met/);
  expect(barTable(results(software, 34))).toMatch(/0\.340.*MISSED/);
  expect(barTable(results('NVIDIA H200', 33))).toMatch(/≤ 0\.100.*MISSED/);
});

test('leaves out bars without figures', () => {
  expect(barTable(results('llvmpipe', 20))).not.toMatch(/jaxjs|W2/);
});

test('counts products against the ceiling by GPU time', () => {
  // 2 Gflop in half a second are 4 Gflop/s: a fifth of 20.
  expect(productShare(timing(0, { gpuMs: spread([500]) }), 2e9, 20)).toBeCloseTo(0.2);
  expect(productShare(timing(0), 2e9, 20)).toBeNull();
});

test('names what bounds a step', () => {
  const profile = [
    { name: 'gemm_wide', ms: 60, dispatches: 3 },
    { name: 'layer_norm', ms: 30, dispatches: 2 },
    { name: 'attention_rows', ms: 10, dispatches: 1 },
  ];
  const gpu = timing(100, { hostMs: spread([5]), gpuMs: spread([90]) });
  expect(boundOf(gpu, profile)).toBe('products 70 %, then layer_norm 30 %');
  expect(boundOf(timing(100, { hostMs: spread([80]) }), profile)).toBe('JavaScript');
  expect(boundOf(timing(100, { gpuMs: spread([20]) }), profile)).toBe('waiting between submits');
});
