import { spawn } from 'node:child_process';
import { once } from 'node:events';

const MAIN = new URL('../../../src/main.ts', import.meta.url).pathname;

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `agentbus` with these arguments in a process of its own, as an operator does, to its end. */
export async function runCommand(
  args: readonly string[],
  { maxFileKiB }: { maxFileKiB?: number } = {},
): Promise<CommandEnd> {
  const limit = maxFileKiB === undefined ? 'unlimited' : String(maxFileKiB);
  const command = ['-c', 'ulimit -f "$0"; exec "$@"', limit, process.execPath, MAIN, ...args];
  const child = spawn('bash', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
