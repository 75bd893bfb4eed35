import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { backlogAgent, type StoreContent } from './fill-store.ts';
import { median } from './pairs.ts';
import { startSubject } from './start-subject.ts';
import type { Stores } from './stores.ts';

export interface StartupResult {
  readonly name: string;
  /** From the start of the process until a call is answered: the median, and all of them. */
  readonly seconds: number;
  readonly all: readonly number[];
  /** Of the process then. */
  readonly rssMiB: number;
}

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const STORES: readonly { readonly name: string; readonly content: StoreContent }[] = [
  { name: 'nothing stored', content: { pending: 0, mailboxes: 1_000, remembered: 0 } },
  { name: '1,000,000 waiting in 1,000', content: { pending: 1_000_000, mailboxes: 1_000, remembered: 0 } },
  { name: '1,000,000 waiting in 10', content: { pending: 1_000_000, mailboxes: 10, remembered: 0 } },
  { name: '10,000,000 remembered', content: { pending: 0, mailboxes: 1_000, remembered: 10_000_000 } },
];

/** How long a bus takes to serve again after kill -9 under load. */
export async function measureStartup(stores: Stores, { starts }: { starts: number }): Promise<StartupResult[]> {
  const results: StartupResult[] = [];
  for (const { name, content } of STORES) {
    const seconds: number[] = [];
    let rssMiB = 0;
    for (let start = 0; start < starts; start++) {
      const dataDir = stores.copy(content);
      await useAndKill(dataDir, content);
      const started = await startBus(dataDir);
      seconds.push(started.seconds);
      rssMiB = started.rssMiB;
      stores.discard(dataDir);
    }
    results.push({ name, seconds: median(seconds), all: seconds.toSorted((a, b) => a - b), rssMiB });
  }
  return results;
}

/** Leaves a log behind that was not written back, and mailboxes that were in use. */
async function useAndKill(dataDir: string, { mailboxes }: StoreContent): Promise<void> {
  const agents = Array.from({ length: mailboxes }, (_, index) => backlogAgent(index));
  const subject = await startSubject({ dataDir, layer: 'engine', agents, sessions: 0 });
  const running = subject.run(60_000).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await subject.kill();
  await running;
}

async function startBus(dataDir: string): Promise<{ seconds: number; rssMiB: number }> {
  const env = { ...process.env, AGENT_BUS_PORT: '0', AGENT_BUS_DATA_DIR: dataDir, AGENT_BUS_API_KEY: 'bench-key' };
  const startedAt = performance.now();
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const address = await addressOf(child);
    const response = await fetch(`${address}/healthz`);
    if (!response.ok) throw new Error(`the bus said ${response.status}`);
    return { seconds: (performance.now() - startedAt) / 1_000, rssMiB: await residentMiB(child.pid) };
  } finally {
    child.kill('SIGKILL');
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8');
  const exited = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the bus ended with ${code}`)));
  for (;;) {
    const data = child.stdout === null ? [] : await Promise.race([once(child.stdout, 'data'), exited]);
    text += data[0];
    const found = /https?:\/\/127\.0\.0\.1:\d+/.exec(text);
    if (found !== null) {
      exited.catch(() => undefined);
      return found[0];
    }
  }
}

async function residentMiB(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return Math.round(kib / 1_024);
}
