import type { ChildProcess } from 'node:child_process';
import type { BusProcess } from '../start-bus-process.ts';

/** One way to end a bus in the middle of its work. */
export interface Strike {
  /** As reports call it: `random kill`, `crash point store.before-commit`. */
  readonly name: string;
  /** What the bus is started with, beside the usual. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Called when the process that will be struck was made, before it listens. It may end the process there, or arrange for
   * that: a bus that dies by SIGKILL before it listens counts as struck, and `strike` is not called.
   */
  whileStarting?(child: ChildProcess): void;
  /** Called once work is under way; resolves when the process is gone. Rejects if it would not go. */
  strike(bus: BusProcess): Promise<void>;
  /** Called between the end of the process and the start of the next one, on the same data directory. */
  afterwards?(dataDir: string): Promise<void>;
}
