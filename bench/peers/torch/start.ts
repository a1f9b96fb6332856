/** PyTorch, where `python3` has it: the same steps in a process of its own, on CUDA or the CPU. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Contender, Runner } from '../../contender';
import type { Problem } from '../../workloads/problem';
import { describe } from './problemFile';

const python = process.env.PYTHON ?? 'python3';
const script = resolve('bench/peers/torch/torch_step.py');

/** A Python process that answers each line with a step's result. */
class TorchRunner implements Runner {
  ownMs = 0;
  private readonly answers: AsyncIterator<string>;
  private readonly process: ChildProcessByStdio<Writable, Readable, null>;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-torch-'));

  constructor(problem: Problem) {
    const file = join(this.folder, 'problem');
    writeFileSync(file, describe(problem));
    this.process = spawn(python, [script, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async step(): Promise<Float32Array> {
    this.process.stdin.write('step\n');
    const { value, done } = await this.answers.next();
    if (done) throw new Error('PyTorch ended early; its message is above.');
    const { result, ms } = JSON.parse(value) as { result: string; ms: number };
    this.ownMs = ms;
    const bytes = Uint8Array.from(Buffer.from(result, 'base64'));
    return new Float32Array(bytes.buffer);
  }

  dispose(): void {
    this.process.stdin.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Starts PyTorch. @throws where there is none */
export async function startTorch(): Promise<Contender> {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
  } catch {
    throw new Error(`${python} has no torch.`);
  }
  return {
    name: 'torch',
    device: null,
    activate: async () => {},
    prepare: async (problem) => (problem.kind === 'paws' ? null : new TorchRunner(problem)),
  };
}
