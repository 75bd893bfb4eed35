import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer, RoundsScenario } from '../peer.ts';

export interface CountOptions {
  readonly scenario: RoundsScenario;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly serverCores: string | undefined;
  readonly loadCores: string | undefined;
  /** A folder on the disk that is measured. */
  readonly dir: string;
}

/** Runs one turn of a peer under `strace` and says how often its server had something written to the disk for good. */
export async function countSyncs(peer: Peer, { scenario, dir, ...options }: CountOptions): Promise<string> {
  const place = { ...options, dir: await mkdtemp(join(dir, 'agentbus-bench-')) };
  const running = await peer.start(place);
  const log = join(place.dir, 'strace');
  try {
    const [pid = 0] = running.pids;
    const strace = spawn(
      'strace',
      ['-f', '-c', '-e', 'trace=fsync,fdatasync,sync_file_range,msync', '-o', log, '-p', String(pid)],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    // It says so once it has attached to the process and its threads.
    await once(strace.stderr, 'data');
    const { counts } = await running.run(scenario, { ...options, began() {}, ended() {} });
    const gone = once(strace, 'exit');
    strace.kill('SIGINT');
    await gone;
    return describe(await readFile(log, 'utf8'), counts.acknowledged);
  } finally {
    await running.stop();
    await rm(place.dir, { recursive: true, force: true });
  }
}

/** Reads the summary of `strace -c`: `% time, seconds, usecs/call, calls, [errors,] syscall`. */
function describe(summary: string, rounds: number): string {
  const calls = summary.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/);
    const name = words.at(-1) ?? '';
    return /^(fsync|fdatasync|sync_file_range|msync)$/.test(name) ? [{ name, count: Number(words[3]) }] : [];
  });
  if (calls.length === 0) return `no fsync in ${rounds} rounds`;
  const per1000 = ({ name, count }: { name: string; count: number }) =>
    `${count} ${name} (${((count / rounds) * 1_000).toFixed(1)} for each 1,000)`;
  return `${calls.map(per1000).join(', ')} in ${rounds} rounds`;
}
