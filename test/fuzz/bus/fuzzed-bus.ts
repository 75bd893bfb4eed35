import { readFile } from 'node:fs/promises';
import type { BusProcess } from '../../start-bus-process.ts';
import { createSender, type Sender } from '../calls/send-request.ts';

/** A bus in a process of its own that is being fuzzed, and what is watched of it. */
export interface FuzzedBus {
  readonly process: BusProcess;
  /** For what is fuzzed. */
  readonly sender: Sender;
  /** For the calls by which runs are prepared and judged: their connection is nobody else's. */
  readonly control: Sender;
  /** Throws if the process has ended, or wrote anything that a healthy one does not since the last time. */
  requireHealthy(): void;
  /** Resident memory in MiB. */
  memoryMiB(): Promise<number>;
  close(): void;
}

/** What a bus is started with, so that what runs leave behind is gone soon after them. */
export const FUZZ_ENVIRONMENT = {
  AGENT_BUS_LOG_LEVEL: 'warn',
  AGENT_BUS_MESSAGE_TIMEOUT: '60000',
  AGENT_BUS_CORS_ORIGINS: 'https://page.example',
};

/** Watches a bus that runs. `ca` is the authority of its certificate, in PEM, if it has one. */
export function watchBus(process: BusProcess, ca?: string): FuzzedBus {
  const sender = createSender(process.address, ca);
  const control = createSender(process.address, ca);
  let read = 0;
  return {
    process,
    sender,
    control,
    requireHealthy() {
      const { exitCode, signalCode } = process.child;
      const news = process.stderr().slice(read);
      read = process.stderr().length;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`the bus ended with ${exitCode ?? signalCode}:\n${news}`);
      const faults = news.split('\n').filter(isFault);
      if (faults.length > 0) throw new Error(`the bus wrote:\n${faults.slice(0, 5).join('\n')}`);
    },
    async memoryMiB() {
      const status = await readFile(`/proc/${process.child.pid}/status`, 'utf8');
      return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024);
    },
    close() {
      sender.close();
      control.close();
    },
  };
}

/** The only lines that input may cause are those that say who was refused. */
function isFault(line: string): boolean {
  return line !== '' && !line.includes('"msg":"connections were refused: there are too many"');
}
