import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_VERSION } from '../../src/version.ts';
import { type BusProcess, startBusProcess } from '../../test/start-bus-process.ts';
import { endWithUs } from '../end-with-us.ts';
import { runLoad } from '../load-process.ts';
import type { LoadResult, Peer, Place, RunningPeer, Scenario, Turn } from '../peer.ts';
import type { LoadArguments } from './load/main.ts';

const LOAD = fileURLToPath(new URL('./load/main.ts', import.meta.url));

/** The bus of this source tree, in a process of its own, on a real disk, as an operator starts it; with more environment if some is given. */
export function createBusPeer(env: Readonly<Record<string, string>> = {}): Peer {
  return {
    name: 'agentbus',
    version: SERVER_VERSION,
    configuration: 'defaults, embedded engine',
    acknowledgement: 'accepted and acknowledged: fsynced (SQLite, WAL, synchronous=FULL)',
    client: 'raw gRPC frames over node:http2',
    takes: () => true,
    async start({ dir, serverCores, loadCores }: Place): Promise<RunningPeer> {
      const bus = await startBusProcess({
        dataDir: join(dir, 'agentbus'),
        env: { AGENT_BUS_LOG_LEVEL: 'warn', ...env },
        spawned(child) {
          endWithUs(child);
          // Before it runs: all threads that it starts inherit where they may run.
          if (serverCores !== undefined) pin(child.pid ?? 0, serverCores);
        },
      });
      return {
        pids: [bus.child.pid ?? 0],
        run: (scenario, turn) => runTurn(bus, { scenario, turn, loadCores }),
        async loopDelayP99Ms() {
          const seconds = await readMetric(bus, 'agentbus_event_loop_delay_seconds{quantile="0.99"}');
          return seconds === undefined ? undefined : seconds * 1_000;
        },
        depth: async () => (await readMetric(bus, 'agentbus_mailbox_messages')) ?? Number.NaN,
        async stop() {
          const code = await bus.stop();
          if (code !== 0) throw new Error(`the bus ended with ${code}:\n${bus.stderr()}`);
        },
      };
    },
  };
}

interface TurnOptions {
  readonly scenario: Scenario;
  readonly turn: Turn;
  readonly loadCores: string | undefined;
}

function runTurn({ address, apiKey }: BusProcess, { scenario, turn, loadCores }: TurnOptions): Promise<LoadResult> {
  const { warmUpSeconds, seconds } = turn;
  const run = randomBytes(6).toString('hex');
  const parts = partsOf(scenario);
  const commands = Array.from({ length: parts }, (_, part) => {
    const order: LoadArguments = { address, apiKey, scenario, run, part, parts, warmUpSeconds, seconds };
    return [process.execPath, '--conditions=agentbus-source', LOAD, JSON.stringify(order)];
  });
  return runLoad({ commands, cores: loadCores, turn });
}

/** How many processes make the load: two where there is enough to share, so that the load is not what limits. */
function partsOf(scenario: Scenario): number {
  if (scenario.kind === 'rounds') return scenario.pairs > 1 && scenario.rate === undefined ? 2 : 1;
  // One sender writes to all.
  return scenario.kind === 'fan-out' || scenario.kind === 'watch' ? 1 : 2;
}

function pin(pid: number, cores: string): void {
  const { status, stderr } = spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot pin the bus to ${cores}: ${stderr}`);
}

async function readMetric({ address }: BusProcess, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}
