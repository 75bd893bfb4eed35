/**
 * Processes that make load, in whatever language. Each writes JSON lines to its standard output: `{"is":"ready"}` once it is connected
 * and could begin, then, after a line that says `go` on its standard input, `{"is":"began"}` and `{"is":"ended"}` around the measured stretch,
 * and `{"is":"result","result":{…}}`, a `LoadResult`, when nothing is under way any more. It then ends with 0. What it has to say
 * when something goes wrong is on its standard error.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { endWithUs } from './end-with-us.ts';
import { createHistogram } from './histogram.ts';
import type { Latencies, LoadResult, Turn } from './peer.ts';

export interface LoadOptions {
  /** Program and arguments of each process. All of them begin at the same moment. */
  readonly commands: readonly (readonly string[])[];
  /** Cores that they share, for `taskset -c`. */
  readonly cores: string | undefined;
  readonly turn: Turn;
  readonly env?: Readonly<Record<string, string>>;
}

/** Time for a process to leave once it has said everything; then it is killed. */
const LEAVE_MS = 2_000;

type Line = { readonly is: 'ready' | 'began' | 'ended' } | { readonly is: 'result'; readonly result: LoadResult };

/** Runs the load and returns the sum of what its processes saw. Rejects, and ends all, if one fails. */
export async function runLoad({ commands, cores, turn, env }: LoadOptions): Promise<LoadResult> {
  const processes = commands.map((command) => startLoad({ command: pinned(command, cores), env }));
  try {
    const all = (is: Line['is']) => Promise.all(processes.map((load) => load.heard(is)));
    await all('ready');
    for (const load of processes) load.go();
    await Promise.race(processes.map((load) => load.heard('began')));
    turn.began();
    await all('ended');
    turn.ended();
    const results = await Promise.all(processes.map((load) => load.result));
    // A profiler writes its file at the end of a process.
    await Promise.race([Promise.all(processes.map((load) => load.gone)), pause(LEAVE_MS, undefined, { ref: false })]);
    return sumOf(results);
  } finally {
    for (const load of processes) load.kill();
  }
}

/** The command as it runs on these cores alone, and as it is where nothing can be pinned. */
export function pinned(command: readonly string[], cores: string | undefined): readonly string[] {
  return cores === undefined ? command : ['taskset', '-c', cores, ...command];
}

interface StartedLoad {
  /** Resolves when the line came, rejects if the process ends before. */
  heard(is: Line['is']): Promise<void>;
  go(): void;
  readonly result: Promise<LoadResult>;
  /** Resolves when the process has ended, however it did. */
  readonly gone: Promise<unknown>;
  kill(): void;
}

function startLoad({ command, env }: { command: readonly string[]; env: LoadOptions['env'] }): StartedLoad {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  endWithUs(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A process that is gone shows in its exit.
  child.stdin.on('error', () => undefined);
  const lines: Record<'ready' | 'began' | 'ended', PromiseWithResolvers<void>> = {
    ready: Promise.withResolvers(),
    began: Promise.withResolvers(),
    ended: Promise.withResolvers(),
  };
  const result = Promise.withResolvers<LoadResult>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text);
    if (line === undefined) gone(new Error(`the load (${command.join(' ')}) says ${text}`));
    else if (line.is === 'result') result.resolve(line.result);
    else lines[line.is].resolve();
  });
  const gone = (error: Error) => {
    for (const promise of [...Object.values(lines), result]) promise.reject(error);
  };
  // Whoever waits hears of it; what nobody waits for any more is no error of its own.
  for (const { promise } of [...Object.values(lines), result]) promise.catch(() => undefined);
  const closed = once(child, 'close');
  closed.then(
    ([code, signal]) => gone(new Error(`the load (${command.join(' ')}) ended with ${code ?? signal}:\n${stderr}`)),
    gone,
  );
  return {
    heard: (is) => (is === 'result' ? result.promise.then(() => undefined) : lines[is].promise),
    go: () => void child.stdin.write('go\n'),
    result: result.promise,
    gone: closed,
    kill: () => void child.kill('SIGKILL'),
  };
}

/** A line as it should be; undefined for anything else. */
function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    return ['ready', 'began', 'ended', 'result'].includes(line.is) ? line : undefined;
  } catch {
    return undefined;
  }
}

/** What several processes saw together. */
export function sumOf(results: readonly LoadResult[]): LoadResult {
  const sum = (pick: (result: LoadResult) => number) => results.reduce((total, result) => total + pick(result), 0);
  return {
    seconds: sum(({ seconds }) => seconds) / results.length,
    rounds: sum(({ rounds }) => rounds),
    counts: {
      sent: sum(({ counts }) => counts.sent),
      accepted: sum(({ counts }) => counts.accepted),
      due: sum(({ counts }) => counts.due),
      delivered: sum(({ counts }) => counts.delivered),
      acknowledged: sum(({ counts }) => counts.acknowledged),
    },
    latencies: {
      ...latencyOf(results, 'accepted'),
      ...latencyOf(results, 'delivered'),
      ...latencyOf(results, 'round'),
    },
    loadCpuMicros: sum(({ loadCpuMicros }) => loadCpuMicros),
  };
}

function latencyOf(results: readonly LoadResult[], stage: keyof Latencies): Latencies {
  const told = results.flatMap(({ latencies }) => (latencies[stage] === undefined ? [] : [latencies[stage]]));
  if (told.length === 0) return {};
  const histogram = createHistogram();
  for (const buckets of told) histogram.add(buckets);
  return { [stage]: histogram.buckets() };
}
