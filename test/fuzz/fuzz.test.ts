import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.ts';

// Goal: no call, no frame and no bytes of HTTP/1.1, HTTP/2 or TLS, whatever is in them, end the bus or are answered without a reason.
// Method: a real bus, and one with TLS; input made from the contract's descriptors and by hand, valid, nearly valid and broken.
// The seed is fixed; `npm run fuzz` does the same from any seed, for as long as one likes.
test('calls, frames and bytes, whole and broken, meet a bus that goes on', { timeout: 240_000 }, async () => {
  const runs = { rpc: 30, json: 30, frames: 30, http1: 30, http2: 40 };
  expect(await runFuzz({ runs, seed: 3, tell: () => undefined })).toEqual([]);
});

// The error of its request came when nobody read the request any more; the runs of this seed break off at such moments.
test('a client that broke off a request over TLS ended the bus', { timeout: 120_000 }, async () => {
  expect(await runFuzz({ runs: { http1: 45 }, seed: 7, tell: () => undefined })).toEqual([]);
});
