import type { Peer } from '../peer.ts';
import { type LimitPrograms, startLimit } from './start-limit.ts';

const PROGRAMS: LimitPrograms = {
  server: './pass-through-server.ts',
  load: './pass-through-load.ts',
  parts: (scenario) => (scenario.kind === 'rounds' && scenario.pairs > 1 && scenario.rate === undefined ? 2 : 1),
};

/** The limit of the transport: frames go through unread, and nothing is kept. */
export function createPassThrough(): Peer {
  return {
    name: 'limit: HTTP/2 pass-through',
    version: process.version,
    configuration: 'node:http2, one write a turn of the event loop',
    acknowledgement: 'in memory: the receiver has read it',
    client: 'the same frames as for the bus, over node:http2',
    takes: ({ kind }) => kind === 'rounds',
    start: (place) => startLimit(PROGRAMS, place),
  };
}
