import { fileURLToPath } from 'node:url';
import { runLoad } from '../load-process.ts';
import type { Peer } from '../peer.ts';
import type { AppendLogArguments } from './append-log-load.ts';

const LOAD = fileURLToPath(new URL('./append-log-load.ts', import.meta.url));

/** The limit of the disk: a log with group commit in one process, and nothing around it. */
export function createAppendLog(): Peer {
  return {
    name: 'limit: fsync append log',
    version: process.version,
    configuration: 'one write and one fdatasync for all that waits',
    acknowledgement: 'fsynced',
    client: 'none: the log makes its own load',
    takes: ({ kind }) => kind === 'rounds',
    start: async ({ dir, serverCores }) => ({
      pids: [],
      run(scenario, turn) {
        if (scenario.kind !== 'rounds') throw new Error(`there is nothing to append in ${scenario.name}`);
        const { warmUpSeconds, seconds } = turn;
        const order: AppendLogArguments = { dir, scenario, warmUpSeconds, seconds };
        const command = [process.execPath, '--conditions=agentbus-source', LOAD, JSON.stringify(order)];
        return runLoad({ commands: [command], cores: serverCores, turn });
      },
      stop: async () => undefined,
    }),
  };
}
