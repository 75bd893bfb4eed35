import { expect, it } from 'vitest';
import { DELIVERY_LIMITS, RPC_LIMITS, SERVER_LIMITS } from '../../src/limits.ts';

// Goal: whoever does its part on a slow line is in time for each bound on time.
// Method: the bounds, with the largest message on the slowest line that the bus is meant for.

const { slowestBytesPerSecond, pingTimeoutMs, requestTimeoutMs, oneWayTimeoutMs } = SERVER_LIMITS;
const onTheLineMs = (bytes: number): number => (bytes / slowestBytesPerSecond) * 1_000;

it.each([
  ['the largest request over HTTP/1.1 was cut after 60 s, and takes 67', RPC_LIMITS.maxRequestBytes, requestTimeoutMs],
  ['a request is whole before it is refused as too slow', RPC_LIMITS.maxRequestBytes, RPC_LIMITS.maxHeldMs],
  ['a piece of an answer is read before its reader counts as gone', RPC_LIMITS.pieceBytes, RPC_LIMITS.maxHeldMs],
  ['a ping behind a page of mail is answered', DELIVERY_LIMITS.maxReceiveBytes, oneWayTimeoutMs - pingTimeoutMs],
])('%s', (_, bytes, limitMs) => {
  expect(onTheLineMs(bytes)).toBeLessThan(limitMs);
});

it('over HTTP/1.1 too, a body that is too slow is refused with a reason before its connection is cut', () => {
  expect(RPC_LIMITS.maxHeldMs).toBeLessThan(requestTimeoutMs);
});
