import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BusProcess } from '../start-bus-process.ts';

/** An agent in a process of its own, see `worker-agent.ts`. */
export interface Worker {
  /** Ids of the tasks that it got so far, in order, one entry a delivery. */
  readonly tasks: readonly string[];
  /** Resolves with the first task that it gets. */
  readonly firstTask: Promise<string>;
  /** Ends it as a power cut would. */
  kill(): void;
}

export interface WorkerOptions {
  readonly agentId: string;
  /** Whether it does its tasks, or holds them for good. */
  readonly mode: 'works' | 'hangs';
}

const PROGRAM = join(import.meta.dirname, 'worker-agent.ts');

/** Resolves when the agent is on the bus. */
export async function startWorker(bus: BusProcess, { agentId, mode }: WorkerOptions): Promise<Worker> {
  const command = ['--conditions=agentbus-source', PROGRAM, bus.address, bus.apiKey, agentId, mode];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const tasks: string[] = [];
  const ready = Promise.withResolvers<void>();
  const first = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') return ready.resolve();
    const taskId = line.slice('task '.length);
    tasks.push(taskId);
    first.resolve(taskId);
  });
  child.once('exit', (code) => ready.reject(new Error(`${agentId} ended with ${code} before it was ready`)));
  await ready.promise;
  return { tasks, firstTask: first.promise, kill: () => void child.kill('SIGKILL') };
}
