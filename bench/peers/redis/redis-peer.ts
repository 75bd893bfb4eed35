import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Peer, Place, RunningPeer } from '../../peer.ts';
import { newRun, nodeLoad, roundsOf, runPairsLoad } from '../run-load.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { connectRedisAdmin, type RedisAdmin } from './redis-admin.ts';
import { GROUP, streamOf } from './streams.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

export interface RedisOptions {
  readonly program: string;
  /** The folder of its libraries. */
  readonly libraries: string;
  readonly appendfsync: 'always' | 'everysec';
}

/** Streams of Redis with an append-only file, one server. */
export function createRedisPeer({ program, libraries, appendfsync }: RedisOptions): Peer {
  const env = { LD_LIBRARY_PATH: libraries };
  return {
    name: `Redis streams, ${appendfsync}`,
    version: versionOf(program, env),
    configuration: `appendonly yes, appendfsync ${appendfsync}, no snapshots; a stream and a group for each recipient`,
    acknowledgement:
      appendfsync === 'always'
        ? 'accepted and acknowledged: fsynced, one fsync for all commands of a turn of its event loop'
        : 'accepted and acknowledged: written, fsynced each second',
    client: 'raw RESP over node:net, pipelined',
    takes: ({ kind }) => kind === 'rounds',
    async start(place: Place): Promise<RunningPeer> {
      const server = await startServer({
        place,
        env,
        command: (port) => [
          ...[program, '--bind', '127.0.0.1', '--port', String(port), '--dir', place.dir, '--save', ''],
          ...['--appendonly', 'yes', '--appendfsync', appendfsync],
        ],
      });
      return runningRedis({ server, admin: await connectRedisAdmin(server.port), place });
    },
  };
}

interface Running {
  readonly server: ServerProcess;
  readonly admin: RedisAdmin;
  readonly place: Place;
}

function runningRedis({ server, admin, place }: Running): RunningPeer {
  let streams: readonly string[] = [];
  return {
    pids: [server.pid],
    async run(given, turn) {
      const scenario = roundsOf(given);
      const run = newRun();
      for (const stream of streams) await admin.call('DEL', stream);
      streams = Array.from({ length: scenario.pairs }, (_, pair) => streamOf(run, pair));
      for (const stream of streams) await admin.call('XGROUP', 'CREATE', stream, GROUP, '$', 'MKSTREAM');
      return runPairsLoad({ command: nodeLoad(LOAD), port: server.port, run, scenario, turn, place });
    },
    async depth() {
      let unacknowledged = 0;
      for (const stream of streams) unacknowledged += Number((await admin.call('XPENDING', stream, GROUP))[0]);
      return unacknowledged;
    },
    async stop() {
      admin.close();
      await server.stop();
    },
  };
}

function versionOf(program: string, env: Readonly<Record<string, string>>): string {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', env: { ...process.env, ...env } });
  return /v=(\S+)/.exec(stdout ?? '')?.[1] ?? 'unknown';
}
