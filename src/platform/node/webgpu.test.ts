import { describe, expect, it } from 'vitest';

/** Squares the numbers on the GPU and reads them back. */
async function square(device: GPUDevice, numbers: Float32Array<ArrayBuffer>): Promise<Float32Array> {
  const bytes = numbers.byteLength;
  const data = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const staging = device.createBuffer({
    size: bytes,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(data, 0, numbers);
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> data: array<f32>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&data)) { data[id.x] = data[id.x] * data[id.x]; }
      }`,
  });
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [{ binding: 0, resource: { buffer: data } }];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(numbers.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(data, 0, staging, 0, bytes);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  return new Float32Array(staging.getMappedRange().slice(0));
}

describe('WebGPU in Node', () => {
  it('is there before tfjs asks for it', async () => {
    const { isWebGPUSupported } = await import('@tensorflow/tfjs-backend-webgpu/dist/webgpu_util');
    expect(isWebGPUSupported()).toBe(true);
  });

  it('computes on a real adapter, with the features the kernels may use', async () => {
    const adapter = await navigator.gpu.requestAdapter();
    expect(adapter).not.toBeNull();
    if (adapter!.info.architecture === 'software' && adapter!.info.vendor === 'mesa') {
      expect([...adapter!.features]).toEqual(
        expect.arrayContaining(['shader-f16', 'subgroups', 'timestamp-query']),
      );
    }
    const device = await adapter!.requestDevice();
    const numbers = Float32Array.from({ length: 1000 }, (_, i) => i);
    expect(await square(device, numbers)).toEqual(numbers.map((x) => x * x));
  });
});
