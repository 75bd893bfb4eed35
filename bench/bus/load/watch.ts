import { create, toBinary } from '@bufbuild/protobuf';
import { SenderSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { WatchSessionRequestSchema } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Load } from '../../load/conduct.ts';
import { createCopies } from '../../load/copies.ts';
import type { BusScenario } from '../../peer.ts';
import { createSendFrames } from '../frames.ts';
import { type BusAddress, connectLoad, expectOk, openCall } from '../load-connection.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { openLoadStream } from '../load-stream.ts';
import { createMessageSplitter } from '../message-splitter.ts';
import { messageTemplate, readNumber } from '../numbered-message.ts';
import { createFieldReader, grpcMessage } from '../protobuf.ts';
import { openBenchSession } from './bench-session.ts';
import type { LoadOrder } from './order.ts';

const ACK_BATCH = 64;
const WATCH_PATH = '/agentbus.v1.SessionService/WatchSession';
/** Fields of WatchSessionResponse, of SessionEvent and of MessageSent. */
const EVENT = 1;
const MESSAGE_SENT = 15;
const MESSAGE_ID = 1;

/** A session in which one member writes to another, and everybody else follows its events, each on a connection of its own. */
export async function connectWatch(order: LoadOrder<BusScenario>): Promise<Load> {
  const { run, scenario, meter } = order;
  const { bytes, window } = scenario;
  const [from, to] = ['bench://orchestrator', 'bench://worker'];
  const sessionId = await openBenchSession(order, { run, orchestrator: from, agents: [to] });
  const more = { sender: create(SenderSchema, { agentId: from, sessionId }) };
  const frames = createSendFrames(messageTemplate({ prefix: run, from, to, bytes, more }), 1);
  /** Messages that the one who gets them has not acknowledged yet. */
  let mail = 0;
  const copies = createCopies({
    meter,
    copies: scenario.agents,
    window,
    send(message) {
      mail++;
      sender.write(frames.frame(message, 1));
    },
    isIdle: () => mail === 0,
    close() {
      for (const watcher of watchers) watcher.close();
      sender.close();
      receiver.close();
    },
  });
  const receiver = openLoadReceiver({
    ...order,
    agentId: to,
    maxInFlight: window,
    batch: ACK_BATCH,
    delivered: () => true,
    acknowledged: () => {
      mail--;
    },
  });
  const sender = openLoadStream({ ...order, agentId: from, maxInFlight: 0, listener: { accepted: copies.accepted } });
  const watchers = copies.ledgers.map((ledger) =>
    openWatcher(order, sessionId, (message) => {
      const now = performance.now();
      // An event needs no acknowledgement: its sequence is the cursor.
      if (ledger.delivered(message, now)) ledger.acknowledged(message, now);
    }),
  );
  await Promise.all([sender, receiver, ...watchers].map(({ ready }) => ready));
  return copies.load;
}

/** Follows a session from its beginning. Ready with the first response, which the bus sends at once. */
function openWatcher(bus: BusAddress, sessionId: string, sent: (message: number) => void) {
  const session = connectLoad(bus);
  const stream = openCall(session, bus, WATCH_PATH);
  const ready = Promise.withResolvers<void>();
  const response = createFieldReader();
  const event = createFieldReader();
  const body = createFieldReader();
  const splitter = createMessageSplitter((bytes, start, end) => {
    ready.resolve();
    response.over(bytes, start, end);
    while (response.next()) if (response.field === EVENT) readEvent(bytes, response.start, response.end);
  });

  function readEvent(bytes: Buffer, start: number, end: number): void {
    event.over(bytes, start, end);
    while (event.next()) {
      if (event.field !== MESSAGE_SENT) continue;
      body.over(bytes, event.start, event.end);
      while (body.next()) if (body.field === MESSAGE_ID) sent(readNumber(bytes, body.end));
    }
  }

  stream.on('data', splitter.take);
  stream.on('trailers', expectOk);
  stream.end(grpcMessage(toBinary(WatchSessionRequestSchema, create(WatchSessionRequestSchema, { sessionId }))));
  return { ready: ready.promise, close: () => session.destroy() };
}
