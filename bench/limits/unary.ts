import type { Peer } from '../peer.ts';
import { type LimitPrograms, startLimit } from './start-limit.ts';

const PROGRAMS: LimitPrograms = { server: './unary-server.ts', load: './unary-load.ts', parts: () => 2 };

/** The limit of calls one by one: each is answered at once with the same bytes. */
export function createUnaryLimit(): Peer {
  return {
    name: 'limit: HTTP/2 unary',
    version: process.version,
    configuration: 'node:http2, the same answer to whatever is asked',
    acknowledgement: 'nothing is read or kept',
    client: 'the same calls as for the bus, over node:http2',
    takes: ({ kind }) => kind === 'unary',
    start: (place) => startLimit(PROGRAMS, place),
  };
}
