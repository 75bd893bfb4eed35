import { fileURLToPath } from 'node:url';
import type { Peer, Place, RunningPeer } from '../../peer.ts';
import { roundsOf, runPairsLoad } from '../run-load.ts';
import { startServer } from '../server-process.ts';
import { PEER_VERSIONS } from '../versions.ts';

const SERVER = fileURLToPath(new URL('./server.py', import.meta.url));
const LOAD = fileURLToPath(new URL('./load.py', import.meta.url));

/** The data plane of AGNTCY's SLIM, with a reliable point-to-point session for each pair. */
export function createSlimPeer({ python }: { python: string }): Peer {
  return {
    name: 'SLIM, reliable session',
    version: PEER_VERSIONS.slim,
    configuration:
      'point-to-point sessions, 10 retries a second apart, no TLS, no MLS; a batch is as many messages at once',
    acknowledgement:
      "the recipient's library has it, in memory: its application may not have seen it; nothing is stored",
    client: 'slim-bindings: Rust below Python, the only client there is as a package',
    takes: ({ kind }) => kind === 'rounds',
    async start(place: Place): Promise<RunningPeer> {
      const server = await startServer({ place, command: (port) => [python, SERVER, String(port)] });
      return {
        pids: [server.pid],
        run: (scenario, turn) =>
          runPairsLoad({ command: [python, LOAD], port: server.port, scenario: roundsOf(scenario), turn, place }),
        stop: () => server.stop(),
      };
    },
  };
}
