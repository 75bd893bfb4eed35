import { connect } from 'node:net';
import { afterAll, beforeAll, test } from 'vitest';
import { startTarget, type Target } from './rig/target.ts';

// Goal: a client of HTTP/1.1 that leaves in the middle of its requests, with a key or without, ends nothing but its connection.
// Method: many of them on a real bus, cut at different moments: before the answer, at its first byte, some milliseconds later.
// It once ended the bus: the error of a request that nobody read any more was heard by nobody.

const TOGETHER = 20;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

test.each([
  { name: 'without a key', keyOf: () => 'not-a-key', clients: 300, bodyBytes: 10 },
  { name: 'with a key', keyOf: () => target.bus.apiKey, clients: 200, bodyBytes: 10 },
  { name: 'with a key and long requests', keyOf: () => target.bus.apiKey, clients: 100, bodyBytes: 200_000 },
])('clients $name that leave in the middle of ten requests', async ({ name, keyOf, clients, bodyBytes }) => {
  await target.withstands({
    name: `${clients} clients ${name} that leave in the middle`,
    // What came of the requests of those that are there together.
    boundMiB: TOGETHER * 2,
    async run() {
      const request = requestOf(keyOf(), bodyBytes);
      for (let begun = 0; begun < clients; begun += TOGETHER) {
        await Promise.all(Array.from({ length: TOGETHER }, (_, index) => leaveAfter(request.repeat(10), index)));
      }
    },
  });
});

function requestOf(apiKey: string, bodyBytes: number): string {
  const body = JSON.stringify({ session_id: 'x'.repeat(bodyBytes) });
  return [
    'POST /agentbus.v1.SessionService/GetSession HTTP/1.1',
    'host: bus',
    'content-type: application/json',
    `x-agent-api-key: ${apiKey}`,
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

/** Writes, and breaks the connection off: every second one when it hears something, the others after some milliseconds. */
function leaveAfter(bytes: string, index: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port: target.port, host: '127.0.0.1' });
    // The bus may be the one that ends it.
    socket.on('error', () => undefined).on('close', () => resolve());
    socket.write(bytes);
    const leave = () => (index % 4 < 2 ? socket.destroy() : socket.resetAndDestroy());
    if (index % 2 === 0) socket.once('data', leave);
    else setTimeout(leave, index / 2);
  });
}
