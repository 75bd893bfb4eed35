import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real bus: `src/main.ts` in a process of its own. */
export interface BusProcess {
  /** `http://127.0.0.1:<port>`. */
  readonly address: string;
  readonly apiKey: string;
  readonly dataDir: string;
  readonly child: ChildProcess;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Ends it as an operator would, removes its data, and returns the exit code. Safe to call after `kill`. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut would. Its data stays. */
  kill(): Promise<void>;
}

export interface BusProcessOptions {
  readonly apiKey?: string;
  /** Kept by `stop` if it is given; otherwise a fresh folder that `stop` removes. `:memory:` for none. */
  readonly dataDir?: string;
  readonly port?: number;
  /** The program to run instead of `src/main.ts`. */
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The largest file it may write, in KiB: a disk that is full, for this process alone. */
  readonly maxFileKiB?: number;
  /** Called as soon as the process is there, long before it listens. */
  readonly spawned?: (child: ChildProcess) => void;
}

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;

/** Starts a bus and waits until it says where it listens. Rejects with what it wrote if it ends before. */
export async function startBusProcess(options: BusProcessOptions = {}): Promise<BusProcess> {
  const apiKey = options.apiKey ?? 'test-key';
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'agentbus-')));
  const command = [process.execPath, options.main ?? MAIN];
  const limit = options.maxFileKiB === undefined ? 'unlimited' : String(options.maxFileKiB);
  const child = spawn('bash', ['-c', 'ulimit -f "$0"; exec "$@"', limit, ...command], {
    env: {
      ...process.env,
      AGENT_BUS_PORT: String(options.port ?? 0),
      AGENT_BUS_DATA_DIR: dataDir,
      AGENT_BUS_API_KEY: apiKey,
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.spawned?.(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const listening = /https?:\/\/127\.0\.0\.1:\d+/.exec(stdout);
      if (listening) resolve(listening[0]);
    });
    exited.then(
      ([code]) => reject(new Error(`the bus ended with ${code} before it listened:\n${stdout}${stderr}`)),
      reject,
    );
  });
  return {
    address,
    apiKey,
    dataDir,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
