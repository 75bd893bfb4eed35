import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Processes that live and end together. */
export interface Children {
  /**
   * Starts a TypeScript file under this very Node, with the flags that this process was started with. What it
   * writes to standard error is passed on.
   */
  start(name: string, file: URL, options: ChildOptions): ChildProcess;
  /** Rejects as soon as a child ends that nobody stopped. */
  readonly failure: Promise<never>;
  /** Ends all, the one that was started last first; resolves when none is left. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  /** Added to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether it may end by itself, with exit code 0. */
  readonly mayEnd?: boolean;
}

/** A child that does not end when it is asked is killed after this time. */
const GRACE_MS = 3_000;

/** No children yet. */
export function createChildren(): Children {
  const running = new Map<ChildProcess, Promise<void>>();
  const { promise: failure, reject: fail } = Promise.withResolvers<never>();
  // Whoever races against it sees the failure; when nobody does any more, it is none.
  failure.catch(() => {});
  let stopping = false;
  // The last resort, for a parent that fails before it can stop them.
  process.once('exit', () => {
    for (const child of running.keys()) child.kill('SIGKILL');
  });
  return {
    failure,
    start(name, file, { env, mayEnd = false }) {
      const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(file)], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { promise: ended, resolve } = Promise.withResolvers<void>();
      child.once('error', (error) => fail(new Error(`the ${name} could not be started: ${error.message}`)));
      child.once('exit', (code, signal) => {
        running.delete(child);
        resolve();
        if (!stopping && !(mayEnd && code === 0))
          fail(new Error(`the ${name} died (${signal ?? `exit code ${code}`})`));
      });
      if (child.pid !== undefined) running.set(child, ended);
      return child;
    },
    async stop() {
      stopping = true;
      for (const [child, ended] of [...running].reverse()) {
        child.kill('SIGTERM');
        const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
        await ended;
        clearTimeout(kill);
      }
    },
  };
}
