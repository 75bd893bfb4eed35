import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.ts';

// Goal: no frame and no text of HTTP/1.1 or HTTP/2, whatever is in it, ends the bus or is answered without a reason.
// Method: a real bus; frames made from the contract's descriptors, valid, nearly valid and broken, on streams that share ids;
// requests of HTTP/1.1 on sockets. The seed is fixed; `npm run fuzz` does the same, and single calls too, from any seed.
test('frames and HTTP/1.1, whole and broken, meet a bus that goes on', { timeout: 240_000 }, async () => {
  const runs = { frames: 40, http1: 40 };
  expect(await runFuzz({ runs, seed: 7, tell: () => undefined })).toEqual([]);
});
