import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Peer, Place, RunningPeer } from '../../peer.ts';
import { nodeLoad, roundsOf, runPairsLoad } from '../run-load.ts';
import { startServer } from '../server-process.ts';
import { PEER_VERSIONS } from '../versions.ts';
import type { FromRelay, ToRelay } from './relay-frames.ts';

const RELAY = fileURLToPath(new URL('./relay.ts', import.meta.url));
const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

/** A naive relay: what one writes in an afternoon. */
export function createWsRelayPeer({ library }: { library: string }): Peer {
  return {
    name: 'ws relay, JSON',
    version: PEER_VERSIONS.ws,
    configuration: 'one process, no compression',
    acknowledgement: 'accepted: in memory; acknowledged: removed from memory; a restart loses everything',
    client: '`ws`, JSON',
    takes: ({ kind }) => kind === 'rounds',
    async start(place: Place): Promise<RunningPeer> {
      const server = await startServer({ place, command: (port) => [...nodeLoad(RELAY), library, String(port)] });
      return {
        pids: [server.pid],
        run: (scenario, turn) =>
          runPairsLoad({
            command: nodeLoad(LOAD),
            port: server.port,
            scenario: roundsOf(scenario),
            turn,
            place,
            library,
          }),
        depth: () => askDepth(server.port),
        stop: () => server.stop(),
      };
    },
  };
}

async function askDepth(port: number): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await once(socket, 'open');
  const answer = once(socket, 'message') as Promise<[MessageEvent<string>]>;
  socket.send(JSON.stringify({ type: 'depth' } satisfies ToRelay));
  const [{ data }] = await answer;
  socket.close();
  const frame = JSON.parse(data) as FromRelay;
  return frame.type === 'depth' ? frame.messages : Number.NaN;
}
