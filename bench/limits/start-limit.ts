import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithUs } from '../end-with-us.ts';
import { pinned, runLoad } from '../load-process.ts';
import type { LoadResult, Place, RunningPeer, Scenario, Turn } from '../peer.ts';

/** The programs of a limit, files beside this one. */
export interface LimitPrograms {
  /** Prints its address. */
  readonly server: string;
  /** Makes load; its argument is a {@link LimitOrder} in JSON. */
  readonly load: string;
  /** How many processes of it make the load of a scenario. */
  parts(scenario: Scenario): number;
}

/** What a process that makes load is told. */
export interface LimitOrder<Of extends Scenario> {
  readonly address: string;
  readonly scenario: Of;
  readonly part: number;
  readonly parts: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const NODE = [process.execPath, '--conditions=agentbus-source'];
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Starts the server of a limit, in a process of its own. */
export async function startLimit(programs: LimitPrograms, { serverCores, loadCores }: Place): Promise<RunningPeer> {
  const [program = '', ...args] = pinned([...NODE, fileOf(programs.server)], serverCores);
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  endWithUs(server);
  const exited = once(server, 'exit');
  const [address] = (await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    exited.then(() => {
      throw new Error(`${programs.server} ended before it listened`);
    }),
  ])) as [string];
  return {
    pids: [server.pid ?? 0],
    run(scenario: Scenario, turn: Turn): Promise<LoadResult> {
      const { warmUpSeconds, seconds } = turn;
      const parts = programs.parts(scenario);
      const commands = Array.from({ length: parts }, (_, part) => {
        const order: LimitOrder<Scenario> = { address, scenario, part, parts, warmUpSeconds, seconds };
        return [...NODE, fileOf(programs.load), JSON.stringify(order)];
      });
      return runLoad({ commands, cores: loadCores, turn });
    },
    async stop() {
      server.kill('SIGTERM');
      await exited;
    },
  };
}
