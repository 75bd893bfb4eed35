import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peer, Place, RunningPeer } from '../../peer.ts';
import { newRun, nodeLoad, roundsOf, runPairsLoad } from '../run-load.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { PEER_VERSIONS } from '../versions.ts';
import { connectAdmin, type JetStreamAdmin } from './jetstream-admin.ts';
import { depthOf, listMailboxes, makeMailboxes } from './mailboxes.ts';

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));
/** Beyond what any window needs. */
const MOST_UNACKNOWLEDGED = 100_000;
/** Whether the state of a consumer shows an acknowledgement in the moment of its confirmation is nowhere promised. */
const LONGEST_SETTLE_MS = 5_000;
const LOOK_MS = 50;

export interface JetStreamOptions {
  readonly program: string;
  /** Whether everything is fsynced before it is answered (`sync_interval: always`), or every two minutes, which is the default. */
  readonly syncsAlways: boolean;
}

/** The file store of JetStream, one server, one replica. */
export function createJetStreamPeer({ program, syncsAlways }: JetStreamOptions): Peer {
  return {
    name: syncsAlways ? 'JetStream, sync always' : 'JetStream, default sync',
    version: PEER_VERSIONS.nats,
    configuration: `file store, ${syncsAlways ? 'sync_interval: always' : 'sync_interval: 2m (the default)'}; a stream and a pull consumer for each recipient, which removes nothing; batches are acknowledged by their last message`,
    acknowledgement: syncsAlways
      ? 'accepted: fsynced; acknowledged: confirmed by the server, the state of the consumer is written a moment later'
      : 'accepted: written, not fsynced; acknowledged: confirmed by the server, the state of the consumer is written a moment later',
    client: 'raw text protocol over node:net',
    takes: ({ kind }) => kind === 'rounds',
    async start(place: Place): Promise<RunningPeer> {
      const config = join(place.dir, 'nats.conf');
      const store = join(place.dir, 'jetstream');
      const sync = syncsAlways ? '  sync_interval: always\n' : '';
      await writeFile(config, `jetstream {\n  store_dir: "${store}"\n${sync}}\n`);
      const server = await startServer({
        place,
        command: (port) => [program, '-c', config, '-a', '127.0.0.1', '-p', String(port)],
      });
      const admin = await connectAdmin(server.port);
      return runningJetStream({ server, admin, place });
    },
  };
}

interface Running {
  readonly server: ServerProcess;
  readonly admin: JetStreamAdmin;
  readonly place: Place;
}

function runningJetStream({ server, admin, place }: Running): RunningPeer {
  return {
    pids: [server.pid],
    async run(given, turn) {
      const scenario = roundsOf(given);
      const run = newRun();
      for (const stream of await listMailboxes(admin)) await admin.call(`STREAM.DELETE.${stream}`);
      const acknowledgesAll = scenario.batch > 1;
      await makeMailboxes(admin, { run, pairs: scenario.pairs, most: MOST_UNACKNOWLEDGED, acknowledgesAll });
      return runPairsLoad({ command: nodeLoad(LOAD), port: server.port, run, scenario, turn, place });
    },
    depth: () => settledDepth(admin),
    async stop() {
      admin.close();
      await server.stop();
    },
  };
}

/** What is still there once the last acknowledgements have had their time. */
async function settledDepth(admin: JetStreamAdmin): Promise<number> {
  const limit = performance.now() + LONGEST_SETTLE_MS;
  for (;;) {
    let depth = 0;
    for (const stream of await listMailboxes(admin)) depth += await depthOf(admin, stream);
    if (depth === 0 || performance.now() > limit) return depth;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
