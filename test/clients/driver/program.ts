import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that a test started, with all that the program started itself. */
export interface Program {
  stdout(): string;
  stderr(): string;
  /** Resolves when standard output has this text; rejects if the program ends before. */
  says(text: string): Promise<void>;
  /** Its exit code; null if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Signals the whole group. Does nothing if it has ended. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a command line of the shell in a process group of its own. */
export function startProgram(command: string, cwd: string, env: Readonly<Record<string, string>> = {}): Program {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  let news = Promise.withResolvers<void>();
  const tell = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    tell();
  });
  let hasEnded = false;
  const exited = once(child, 'close').then(([code]) => {
    hasEnded = true;
    tell();
    return code as number | null;
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    async says(text) {
      while (!stdout.includes(text)) {
        if (hasEnded) throw new Error(`\`${command}\` ended without saying "${text}":\n${stdout}${stderr}`);
        await news.promise;
      }
    },
    signal(signal) {
      if (!hasEnded && child.pid !== undefined) process.kill(-child.pid, signal);
    },
  };
}
