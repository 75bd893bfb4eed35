import { fileURLToPath } from 'node:url';
import type { Peer, Place, RunningPeer } from '../../peer.ts';
import { nodeLoad, roundsOf, runPairsLoad } from '../run-load.ts';
import { startServer } from '../server-process.ts';
import { PEER_VERSIONS } from '../versions.ts';

const HOST = fileURLToPath(new URL('./host.py', import.meta.url));
const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

/** The gRPC runtime host of AutoGen: two workers, one of which asks the other. */
export function createAutoGenPeer({ python }: { python: string }): Peer {
  return {
    name: 'AutoGen gRPC host',
    version: PEER_VERSIONS.autogen,
    configuration: 'defaults; it has no batches, so a batch is as many requests at once',
    acknowledgement: "none of its own: the recipient's response came back; nothing is stored",
    client: 'grpc-js without its own worker runtime',
    takes: ({ kind }) => kind === 'rounds',
    async start(place: Place): Promise<RunningPeer> {
      const server = await startServer({ place, command: (port) => [python, HOST, String(port)] });
      return {
        pids: [server.pid],
        run: (scenario, turn) =>
          runPairsLoad({ command: nodeLoad(LOAD), port: server.port, scenario: roundsOf(scenario), turn, place }),
        stop: () => server.stop(),
      };
    },
  };
}
