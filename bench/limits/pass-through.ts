import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../end-with-us.ts';
import { pinned, runLoad } from '../load-process.ts';
import type { Peer, Place, RunningPeer, Scenario, Turn } from '../peer.ts';
import type { PassThroughArguments } from './pass-through-load.ts';

const SERVER = fileURLToPath(new URL('./pass-through-server.ts', import.meta.url));
const LOAD = fileURLToPath(new URL('./pass-through-load.ts', import.meta.url));
const NODE = [process.execPath, '--conditions=agentbus-source'];

/** The limit of the transport: frames go through unread, and nothing is kept. */
export function createPassThrough(): Peer {
  return {
    name: 'limit: HTTP/2 pass-through',
    version: process.version,
    configuration: 'node:http2, one write a turn of the event loop',
    acknowledgement: 'in memory: the receiver has read it',
    client: 'the same frames as for the bus, over node:http2',
    takes: ({ kind }) => kind === 'rounds',
    start: startServer,
  };
}

async function startServer({ serverCores, loadCores }: Place): Promise<RunningPeer> {
  const [program = '', ...args] = pinned([...NODE, SERVER], serverCores);
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(server);
  const exited = once(server, 'exit');
  const [address] = (await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    exited.then(() => {
      throw new Error('the pass-through ended before it listened');
    }),
  ])) as [string];
  return {
    pids: [server.pid ?? 0],
    run(scenario: Scenario, turn: Turn) {
      if (scenario.kind !== 'rounds') throw new Error(`nothing passes through in ${scenario.name}`);
      const { warmUpSeconds, seconds } = turn;
      const parts = scenario.pairs > 1 && scenario.rate === undefined ? 2 : 1;
      const commands = Array.from({ length: parts }, (_, part) => {
        const order: PassThroughArguments = { address, scenario, part, parts, warmUpSeconds, seconds };
        return [...NODE, LOAD, JSON.stringify(order)];
      });
      return runLoad({ commands, cores: loadCores, turn });
    },
    async stop() {
      server.kill('SIGTERM');
      await exited;
    },
  };
}
