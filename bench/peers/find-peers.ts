import { existsSync } from 'node:fs';
import type { FoundPeers, Peer } from '../peer.ts';
import { createAutoGenPeer } from './autogen/autogen-peer.ts';
import { type PeerFiles, peerFiles } from './cache.ts';
import { createJetStreamPeer } from './nats/jetstream-peer.ts';
import { PEER_RECIPES } from './recipes.ts';
import { createRedisPeer } from './redis/redis-peer.ts';
import { createSlimPeer } from './slim/slim-peer.ts';
import { createWsRelayPeer } from './ws-relay/ws-relay-peer.ts';

/** What can be measured with what bench/peers/install.ts has put into a folder, which is its default without one. */
export function findPeers(folder?: string): FoundPeers {
  const files = peerFiles(folder);
  const missing = PEER_RECIPES.filter(({ file }) => !existsSync(file(files))).map(
    ({ name }) => `${name}: not installed; see bench/peers/install.ts`,
  );
  return { peers: PEERS.filter(({ file }) => existsSync(file(files))).flatMap(({ make }) => make(files)), missing };
}

interface Candidate {
  file(files: PeerFiles): string;
  make(files: PeerFiles): readonly Peer[];
}

const PEERS: readonly Candidate[] = [
  {
    file: ({ natsServer }) => natsServer,
    make: ({ natsServer: program }) =>
      [true, false].map((syncsAlways) => createJetStreamPeer({ program, syncsAlways })),
  },
  {
    file: ({ redisServer }) => redisServer,
    make: ({ redisServer: program, redisLibraries: libraries }) =>
      (['always', 'everysec'] as const).map((appendfsync) => createRedisPeer({ program, libraries, appendfsync })),
  },
  { file: ({ autogenPython }) => autogenPython, make: ({ autogenPython: python }) => [createAutoGenPeer({ python })] },
  { file: ({ slimPython }) => slimPython, make: ({ slimPython: python }) => [createSlimPeer({ python })] },
  { file: ({ ws }) => ws, make: ({ ws: library }) => [createWsRelayPeer({ library })] },
];
