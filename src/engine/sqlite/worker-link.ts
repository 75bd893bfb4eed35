import { Worker } from 'node:worker_threads';
import type { StoreLink, StoreLinkListener } from './store-link.ts';
import type { FromWorker, WorkerOptions } from './worker-messages.ts';

// Compiled, this module and the worker's are both .js.
const WORKER_URL = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

/** Starts the thread that runs the store. */
export function startWorkerLink(options: WorkerOptions): StoreLink {
  const worker = new Worker(WORKER_URL, {
    name: 'agentbus-sqlite',
    workerData: options,
    // The thread needs no flags, and some of the process's, such as --input-type, would not let it start.
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  let listener: StoreLinkListener | undefined;
  worker.on('message', (message: FromWorker) => listener?.received(message));
  worker.on('error', (error) => listener?.crashed(error));
  worker.on('exit', (code) => listener?.exited(code));
  return {
    send: (message, moved) => worker.postMessage(message, moved),
    listen(next) {
      listener = next;
    },
    async terminate() {
      await worker.terminate();
    },
    ended,
  };
}
