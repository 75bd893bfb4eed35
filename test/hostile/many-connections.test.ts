import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call } from './rig/bus-calls.ts';
import { connectHttp2, grpcMessage, openGrpcCall } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: connections, handshakes and watches beyond every bound are refused, and those that are in are served on.
// Method: a real bus with room for 300 connections, and clients that want more.

const ROOM = 300;

let target: Target;
beforeAll(async () => {
  target = await startTarget({ env: { AGENT_BUS_MAX_CONNECTIONS: String(ROOM) } });
});
afterAll(() => target.stop());

test('connections beyond the bound are closed at once, and half-open ones after five seconds', async () => {
  await target.withstands({
    name: `${2 * ROOM} silent connections to a bus with room for ${ROOM}`,
    // Some 100 KiB around a connection.
    boundMiB: (ROOM * 100) / 1024,
    async run() {
      let closed = 0;
      const sockets: Socket[] = [];
      for (let number = 0; number < 2 * ROOM; number++) {
        const socket = connect({ port: target.port, host: '127.0.0.1' });
        socket.on('error', () => undefined).on('close', () => closed++);
        socket.resume();
        await once(socket, 'connect');
        sockets.push(socket);
      }
      await until('those that are too many are closed', () => closed >= ROOM);
      // Those that say nothing hold their places for five seconds and no longer.
      await until('all of them are closed', () => closed === sockets.length);
    },
  });
});

test('a thousand watches of one session, one of them read slowly, and one too many', async () => {
  const watches = 999;
  await call(target, 'SessionService/CreateSession', { session_id: 'seen', orchestrator: 'test://lead' });
  await target.withstands({
    name: `${watches} watches of one session`,
    // Some 50 KiB around a call; the events are shared.
    boundMiB: (watches * 50) / 1024 + 16,
    async run() {
      const session = connectHttp2(target.bus.address);
      const about = grpcMessage(Buffer.concat([Buffer.of(0x0a, 4), Buffer.from('seen')]));
      const heard = Array.from({ length: watches }, () => 0);
      for (let index = 0; index < watches; index++) {
        const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'SessionService/WatchSession' });
        stream.end(about);
        // The first one is not read at all until the others have everything.
        if (index > 0)
          stream.on(
            'data',
            occurrences('MARK', () => (heard[index] = (heard[index] ?? 0) + 1)),
          );
      }
      for (let change = 0; change < 20; change++) {
        const { status } = await call(target, 'SessionService/UpdateSharedContext', {
          session_id: 'seen',
          merge_patch: { marker: `MARK${change}` },
        });
        expect(status).toBe(200);
      }
      await until('all others heard of every change', () => heard.slice(1).every((count) => count >= 20));
      session.destroy();
    },
  });
});

/** Tells of each occurrence of a word in what comes in chunks, which end anywhere, in the middle of the word too. */
function occurrences(word: string, found: () => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk.toString('latin1')).split(word);
    rest = parts.at(-1)?.slice(1 - word.length) ?? '';
    for (let count = 1; count < parts.length; count++) found();
  };
}
