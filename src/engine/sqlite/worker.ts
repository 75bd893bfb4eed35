/** The thread that runs the store. */
import { parentPort, workerData } from 'node:worker_threads';
import { createStoreRunner } from './store-runner.ts';
import type { ToWorker, WorkerOptions } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs as a worker thread');

const runner = createStoreRunner({
  send: (message, moved) => port.postMessage(message, moved),
  end: () => port.close(),
});
port.on('message', (message: ToWorker) => runner.receive(message));
runner.open(workerData as WorkerOptions);
