/** Load for the pass-through: the same frames as for the bus, and the receiver's acknowledgement comes back to the sender. */
import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { ackFrame, createSendFrames } from '../bus/frames.ts';
import { connectLoad } from '../bus/load-connection.ts';
import { createMessageSplitter } from '../bus/message-splitter.ts';
import { messageTemplate, readNumber } from '../bus/numbered-message.ts';
import { createFieldReader } from '../bus/protobuf.ts';
import { createTurnWriter } from '../bus/turn-writer.ts';
import { conduct } from '../load/conduct.ts';
import { createMeter } from '../load/meter.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../load/pairs.ts';
import type { RoundsScenario } from '../peer.ts';
import type { LimitOrder } from './start-limit.ts';

const { address, ...order } = JSON.parse(process.argv[2] ?? '{}') as LimitOrder<RoundsScenario>;
const meter = createMeter();
const load = await connectPairs({ ...order, meter, connect: connectPair });
await conduct({ load, meter, warmUpSeconds: order.warmUpSeconds, seconds: order.seconds });

async function connectPair({ pair, ledger }: PairOrder): Promise<ConnectedPair> {
  const { bytes, content = 'bytes', batch } = order.scenario;
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const frames = createSendFrames(messageTemplate({ prefix: `pass-${pair}`, from, to, bytes, content }), batch);
  const receiver = await open(to, from);
  const sender = await open(from, to);
  let idFields: Buffer[] = [];

  function acknowledge(): void {
    for (let at = 0; at < idFields.length; at += batch) receiver.write(ackFrame(idFields.slice(at, at + batch)));
    idFields = [];
  }

  onItems(receiver.stream, (piece, start, end) => {
    // The id is the first field of a message: one byte of tag, one of length.
    const idEnd = start + 2 + (piece[start + 1] ?? 0);
    if (idEnd > end) throw new Error('a message without an id');
    ledger.delivered(readNumber(piece, idEnd), performance.now());
    if (idFields.length === 0) setImmediate(acknowledge);
    idFields.push(piece.subarray(start, idEnd));
  });
  onItems(sender.stream, (piece, _, end) => {
    const [message, now] = [readNumber(piece, end), performance.now()];
    ledger.accepted(message, now);
    ledger.acknowledged(message, now);
  });
  return {
    send: (first, count) => sender.write(frames.frame(first, count)),
    close() {
      sender.stream.session?.destroy();
      receiver.stream.session?.destroy();
    },
  };
}

/** Opens a stream, on a connection of its own, that speaks to another one. */
async function open(name: string, peerName: string) {
  const session = connectLoad({ address });
  const stream = session.request(
    {
      ':method': 'POST',
      ':path': '/relay',
      'content-type': 'application/grpc+proto',
      'x-agent-id': name,
      'x-peer-id': peerName,
    },
    { endStream: false },
  );
  await once(stream, 'response');
  return { stream, write: createTurnWriter((bytes) => stream.write(bytes)) };
}

/** Calls `take` with each item of the frames that come: the messages of a `send`, the ids of an `ack`. */
function onItems(stream: ClientHttp2Stream, take: (bytes: Buffer, start: number, end: number) => void): void {
  const frame = createFieldReader();
  const item = createFieldReader();
  const splitter = createMessageSplitter((bytes, start, end) => {
    frame.over(bytes, start, end);
    if (!frame.next()) throw new Error('an empty frame');
    item.over(bytes, frame.start, frame.end);
    while (item.next()) take(bytes, item.start, item.end);
  });
  stream.on('data', splitter.take);
}
