import { beforeAll, expect, test } from 'vitest';
import { countsOf, installGpuProbe, ownTimes, recordGpuTime, resetPeak } from './gpuProbe';

let device: GPUDevice;

beforeAll(async () => {
  installGpuProbe();
  const adapter = await navigator.gpu.requestAdapter();
  const timestamps: GPUFeatureName[] = adapter?.features.has('timestamp-query') ? ['timestamp-query'] : [];
  device = (await adapter?.requestDevice({ requiredFeatures: timestamps })) as GPUDevice;
});

const storage = (size: number) => device.createBuffer({ size, usage: GPUBufferUsage.STORAGE });

/** Dispatches two kernels of these labels in one pass. */
function dispatchBoth(labels: readonly string[]): void {
  const buffer = storage(256);
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> x: array<f32>;
           @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { x[id.x] = 1.0; }`,
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const label of labels) {
    const pipeline = device.createComputePipeline({ label, layout: 'auto', compute: { module } });
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [{ binding: 0, resource: { buffer } }],
      }),
    );
    pass.dispatchWorkgroups(1);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}

test('counts bytes while buffers live, and their peak', () => {
  const before = countsOf(device).liveBytes;
  const first = storage(1024);
  resetPeak(device);
  const second = storage(512);
  first.destroy();
  const third = storage(256);
  expect(countsOf(device).liveBytes - before).toBe(768);
  expect(countsOf(device).peakBytes - before).toBe(1536);
  second.destroy();
  third.destroy();
  expect(countsOf(device).liveBytes).toBe(before);
});

test('counts dispatches', () => {
  const before = countsOf(device).dispatches;
  dispatchBoth(['one', 'two']);
  expect(countsOf(device).dispatches - before).toBe(2);
});

test('counts no time twice where passes overlap', () => {
  const ms = (...stamps: number[]) => ownTimes(BigUint64Array.from(stamps, (stamp) => BigInt(1e6 * stamp)));
  expect(ms(0, 5, 7, 8)).toEqual([5, 1]);
  expect(ms(10, 15, 11, 18, 12, 14, 30, 31)).toEqual([5, 3, 0, 1]);
});

test('times passes as they are, and kernels each in a pass of its own', async (context) => {
  if (!device.features.has('timestamp-query')) context.skip();
  const work = async () => dispatchBoth(['one', 'two']);
  const passes = await recordGpuTime(device, false, work);
  expect(passes?.map(({ name, dispatches }) => [name, dispatches])).toEqual([['pass', 1]]);
  const kernels = await recordGpuTime(device, true, work);
  expect(kernels?.map(({ name, dispatches }) => [name, dispatches]).sort()).toEqual([
    ['one', 1],
    ['two', 1],
  ]);
});
