import { beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../platform/keyValueStore';
import { engineMemory, onEngineFailure, startEngine, webgpu } from '../index';
import { type DeviceTraits, traitsOf, variantNames } from '../kernels/gemmVariants';
import { chooseVariants } from './choose';
import { classOf, defaultPlan, kernelPlan, SHAPE_CLASSES, type ShapeClass, setKernelPlan } from './plan';
import { readPlan, tuneKernels } from './tune';

const hardware: DeviceTraits = { software: false, subgroupLanes: 32, half: true };
const same = (name: string) =>
  Object.fromEntries(SHAPE_CLASSES.map((c) => [c, name])) as Record<ShapeClass, string>;

/** A device whose products take the times given, and whose clock runs on by `cost` a measurement. */
function device(times: Record<string, Partial<Record<ShapeClass, number>>>, cost = 100) {
  const asked: string[] = [];
  let clock = 5000;
  return {
    asked,
    now: () => clock,
    measure: async (name: string, shapeClass: ShapeClass) => {
      asked.push(`${name} ${shapeClass}`);
      clock += cost;
      return times[name]?.[shapeClass] ?? 10;
    },
    elapsed: () => clock - 5000,
  };
}

describe('the choice of variants', () => {
  it('takes the fastest of each class', async () => {
    const fake = device({ b: { large: 5, deep: 20 }, c: { large: 6, deep: 8, small: 2 } });
    const chosen = await chooseVariants({
      preset: same('a'),
      names: ['b', 'c', 'a'],
      budgetMs: 1e6,
      ...fake,
    });
    expect(chosen).toEqual({ large: 'b', deep: 'c', batched: 'a', small: 'c' });
    expect(new Set(fake.asked).size).toBe(fake.asked.length);
  });

  it('keeps the preset where another is faster by no more than noise', async () => {
    const fake = device({ b: { large: 9.8, deep: 9.8, batched: 9.8, small: 9.4 } });
    const chosen = await chooseVariants({ preset: same('a'), names: ['b'], budgetMs: 1e6, ...fake });
    expect(chosen).toEqual({ ...same('a'), small: 'b' });
  });

  it('spends no more time on a variant that is hopeless in one class', async () => {
    const fake = device({ b: { large: 31, small: 1 } });
    const chosen = await chooseVariants({ preset: same('a'), names: ['b', 'c'], budgetMs: 1e6, ...fake });
    expect(chosen).toEqual(same('a'));
    expect(fake.asked.filter((call) => call.startsWith('b'))).toEqual(['b large']);
    expect(fake.asked.filter((call) => call.startsWith('c'))).toHaveLength(4);
  });

  it('ends within its budget and keeps what it found until then', async () => {
    const fake = device({ b: { large: 1, deep: 1, batched: 1, small: 1 } }, 300);
    const chosen = await chooseVariants({ preset: same('a'), names: ['b', 'c'], budgetMs: 2000, ...fake });
    expect(chosen).toEqual({ large: 'b', deep: 'b', batched: 'a', small: 'a' });
    expect(fake.elapsed()).toBeLessThanOrEqual(2000);
  });

  it('measures nothing without time', async () => {
    const fake = device({}, 700);
    expect(await chooseVariants({ preset: same('a'), names: ['b'], budgetMs: -1, ...fake })).toEqual(
      same('a'),
    );
    expect(fake.asked).toEqual([]);
  });
});

describe('the kernel plan', () => {
  const strides = { row: 1, column: 1 };
  const classed = (shape: object, rowSums = false) =>
    classOf({ shape: shape as never, a: strides, b: strides, c: strides, rowSums, plain: false });

  it('tells classes of shapes apart', () => {
    expect(classed({ rows: 3168, columns: 384, depth: 96 })).toBe('large');
    expect(classed({ rows: 136, columns: 96, depth: 96 })).toBe('small');
    expect(classed({ rows: 384, columns: 96, depth: 3168 })).toBe('deep');
    expect(classed({ rows: 384, columns: 96, depth: 136 }, true)).toBe('deep');
    expect(classed({ rows: 65, columns: 65, depth: 24, outer: 32, inner: 4 })).toBe('batched');
  });

  it('has, unmeasured, workgroup tiles for hardware and none for software', () => {
    expect(defaultPlan('gpu', hardware).gemm).toEqual({
      ...same('tiles32x4'),
      large: 'tiles64x4',
      deep: 'tiles64x4',
    });
    const software = { ...hardware, software: true };
    expect(Object.values(defaultPlan('cpu', software).gemm).some((name) => name.startsWith('tiles'))).toBe(
      false,
    );
    expect(defaultPlan('cpu', { ...software, subgroupLanes: 0 }).gemm).toEqual(same('registers'));
    expect(defaultPlan('cpu', { ...software, subgroupLanes: 8 }).gemm).toEqual({
      ...same('lanes8x16'),
      large: 'lanes8x32',
    });
    expect(defaultPlan('cpu', { ...software, subgroupLanes: 4 }).gemm).toEqual(same('lanes4x16'));
  });

  it('has half-precision variants only where they are asked for and the device has them', () => {
    const halves = (names: string[]) => names.filter((name) => name.endsWith('f16')).length;
    expect(halves(variantNames(hardware))).toBe(0);
    expect(halves(variantNames(hardware, true))).toBeGreaterThan(0);
    expect(halves(variantNames({ ...hardware, half: false }, true))).toBe(0);
  });

  it('is not read from a store when it was made for another adapter, by another version, or is broken', () => {
    const plan = { ...defaultPlan('gpu', hardware), origin: 'measured' as const };
    const names = variantNames(hardware);
    const through = (value: unknown) => readPlan(JSON.parse(JSON.stringify(value)), 'gpu', names);
    expect(through(plan)).toEqual({ ...plan, origin: 'stored' });
    expect(through({ ...plan, adapter: 'other' })).toBeNull();
    expect(through({ ...plan, version: plan.version + 1 })).toBeNull();
    expect(through({ ...plan, gemm: { ...plan.gemm, deep: 'gone' } })).toBeNull();
    expect(through({ ...plan, gemm: undefined })).toBeNull();
    expect(through(null)).toBeNull();
    expect(readPlan(undefined, 'gpu', names)).toBeNull();
  });
});

describe('tuning', () => {
  beforeAll(async () => {
    expect((await startEngine()).backend).toBe('webgpu');
  });
  const gpu = () => (webgpu() as NonNullable<ReturnType<typeof webgpu>>).device;

  it('measures once, sets what it found, and takes the stored plan the next time', async () => {
    const store = memoryStore();
    const { allocated } = engineMemory();
    const first = await tuneKernels({ store, budgetMs: 1500, software: true });
    expect(engineMemory().allocated).toBe(allocated);
    expect(first?.origin).toBe('measured');
    expect(kernelPlan(gpu())).toEqual(first);
    setKernelPlan(gpu(), defaultPlan('nothing', hardware));
    const second = await tuneKernels({ store, budgetMs: -1 });
    expect(second).toEqual({ ...first, origin: 'stored' });
    expect(kernelPlan(gpu())).toEqual(second);
  });

  it('does not choose what the device cannot run or gets wrong, however fast, and goes on', async () => {
    const backend = webgpu() as NonNullable<ReturnType<typeof webgpu>>;
    const failures: unknown[] = [];
    const forget = onEngineFailure((error) => failures.push(error));
    const send = backend.dispatch;
    // As on a device that does not compile a kernel: its dispatches are skipped.
    const breaks = [() => void backend.device.createShaderModule({ code: 'nonsense' }), () => undefined];
    try {
      for (const fail of breaks) {
        backend.dispatch = (kernel, ...rest) =>
          kernel.name === 'gemm_registers' ? fail() : send.call(backend, kernel, ...rest);
        const plan = await tuneKernels({ budgetMs: 30_000, software: true });
        expect(Object.values(plan?.gemm ?? { none: 'registers' })).not.toContain('registers');
      }
    } finally {
      backend.dispatch = send;
    }
    forget();
    expect(failures).toEqual([]);
  });

  it('has the default without time or store, and on a software adapter unless asked', async () => {
    const traits = traitsOf(gpu());
    const preset = (adapter: string) => defaultPlan(adapter, traits).gemm;
    const plan = await tuneKernels({ budgetMs: -1, software: true });
    expect(plan?.gemm).toEqual(preset(plan?.adapter as string));
    if (!traits.software) return;
    setKernelPlan(gpu(), defaultPlan('nothing', hardware));
    const store = memoryStore();
    const unmeasured = await tuneKernels({ store });
    expect(unmeasured).toEqual(defaultPlan(unmeasured?.adapter as string, traits));
    expect(kernelPlan(gpu())).toEqual(unmeasured);
    expect((await tuneKernels({ store }))?.origin).toBe('default');
  });
});
