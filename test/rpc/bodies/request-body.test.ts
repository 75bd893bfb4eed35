import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RPC_LIMITS } from '../../../src/limits.ts';
import { createHeldBytes } from '../../../src/rpc/bodies/held-bytes.ts';
import { requestBody } from '../../../src/rpc/bodies/request-body.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { grpcMessage } from '../../hostile/rig/grpc-call.ts';

// Goal: however a client cuts its request up, Connect is given the same bytes in few pieces, and each message as soon as it is whole.
// Method: bodies that are cut at random, and a source that the test feeds by hand.

const { gatherBytes, pieceBytes, maxHeldBytes, maxHeldMs } = RPC_LIMITS;

function account() {
  const clock = createFakeClock();
  return { clock, held: createHeldBytes({ clock, maxBytes: maxHeldBytes, maxMs: maxHeldMs }) };
}

async function* feed(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test.each([true, false])('the bytes are the same, however they are cut; enveloped: %s', async (isEnveloped) => {
  const messages = fc.array(fc.uint8Array({ maxLength: 3 * gatherBytes }), { minLength: 1, maxLength: 4 });
  const cut = fc.array(fc.integer({ min: 1, max: 2 * gatherBytes }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(messages, cut, fc.boolean(), async (bodies, sizes, isOneRequest) => {
      const all = Buffer.concat(bodies.map((body) => grpcMessage(body)));
      const chunks: Uint8Array[] = [];
      for (let at = 0, next = 0; at < all.length; next++) {
        const size = sizes[next % sizes.length] ?? 1;
        chunks.push(all.subarray(at, at + size));
        at += size;
      }
      const { held } = account();
      const pieces: Uint8Array[] = [];
      for await (const piece of requestBody(feed(chunks), { held, isEnveloped, isOneRequest })) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(all)).toBe(true);
      expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(pieceBytes);
      expect(held.total).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a message in a hundred thousand single bytes stopped the bus for seconds: Connect counts all pieces at each', async () => {
  const body = grpcMessage(new Uint8Array(100_000));
  const chunks = Array.from(body, (byte) => Uint8Array.of(byte));
  const { held } = account();
  let pieces = 0;
  for await (const _ of requestBody(feed(chunks), { held, isEnveloped: true, isOneRequest: true })) pieces++;
  expect(pieces).toBe(Math.ceil(body.length / gatherBytes));
});

test('a message of a stream is handed on when it is whole, and not when the next one comes', async () => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const writer = source.writable.getWriter();
  const { held } = account();
  const body = requestBody(source.readable, { held, isEnveloped: true, isOneRequest: false });
  for (const text of ['one', 'two']) {
    const message = grpcMessage(Buffer.from(text));
    const next = body.next();
    for (const byte of message) void writer.write(Uint8Array.of(byte));
    const { value } = await next;
    expect(Buffer.from(value ?? []).equals(message)).toBe(true);
    expect(held.total).toBe(0);
  }
});

test.each([
  ['a request', true],
  ['a message of a stream', false],
])('%s that is not whole in time is refused with a reason', async (_, isOneRequest) => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const { clock, held } = account();
  const body = requestBody(source.readable, { held, isEnveloped: true, isOneRequest });
  const refused = expect(body.next()).rejects.toThrow(/was not whole within 90 s/);
  await source.writable.getWriter().write(grpcMessage(new Uint8Array(0), { length: 10 }));
  await expect.poll(() => held.total).toBe(5);
  await clock.advance(maxHeldMs);
  await refused;
});

test('a stream that says nothing between two messages is left alone', async () => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const writer = source.writable.getWriter();
  const { clock, held } = account();
  const body = requestBody(source.readable, { held, isEnveloped: true, isOneRequest: false });
  const next = body.next();
  await clock.advance(10 * maxHeldMs);
  void writer.write(grpcMessage(Buffer.from('late')));
  expect((await next).value?.length).toBe(9);
});

test('a stream that was never silent was cut after 90 s, because each read ended within some message', async () => {
  const source = new TransformStream<Uint8Array, Uint8Array>();
  const writer = source.writable.getWriter();
  const { clock, held } = account();
  const body = requestBody(source.readable, { held, isEnveloped: true, isOneRequest: false });
  const message = grpcMessage(new Uint8Array(100));
  // From the middle of a message to the middle of the next one.
  const read = Buffer.concat([message.subarray(50), message.subarray(0, 50)]);
  void writer.write(message.subarray(0, 50));
  for (let reads = 0; reads < 10; reads++) {
    const next = body.next();
    await clock.advance(maxHeldMs / 2);
    void writer.write(read);
    expect((await next).done).toBe(false);
  }
  const refused = expect(body.next()).rejects.toThrow(/was not whole within 90 s/);
  await expect.poll(() => held.total).toBe(50);
  await clock.advance(maxHeldMs);
  await refused;
});

test('when too much is unfinished, the oldest request is refused with a reason', async () => {
  const { held } = account();
  const half = new Uint8Array(maxHeldBytes / 2 + 1);
  const parts = [1, 2].map(() => {
    const source = new TransformStream<Uint8Array, Uint8Array>();
    void source.writable.getWriter().write(half);
    return requestBody(source.readable, { held, isEnveloped: false, isOneRequest: true });
  });
  const drain = async (body: AsyncIterable<Uint8Array>) => {
    for await (const _ of body);
  };
  const [first, second] = parts;
  if (first === undefined || second === undefined) throw new Error('there are two');
  const refused = expect(drain(first)).rejects.toThrow(/made the least progress/);
  // It never ends: its half of the bytes stays within the bound once the other one is gone.
  void drain(second);
  await refused;
  expect(held.total).toBeLessThanOrEqual(maxHeldBytes);
});
