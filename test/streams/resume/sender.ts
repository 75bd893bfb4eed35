import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Random } from '../../../src/lib/random.ts';
import { hello } from '../raw-peer.ts';
import type { FrameInit, RawStream } from '../raw-stream.ts';
import { type Lane, messageId } from './lane.ts';
import type { Ledger } from './ledger.ts';
import { keepConnected, type Reconnecting } from './reconnecting.ts';

export interface SenderOptions {
  readonly address: string;
  readonly apiKey: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly recipients: readonly string[];
  readonly random: Random;
  readonly ledger: Ledger;
}

export interface Sender extends Reconnecting {
  /** Messages that the bus has not answered. */
  readonly unanswered: number;
  /** Sends nothing new any more; what is unanswered is still repeated. */
  finish(): void;
}

type Outgoing = Extract<FrameInit, { case: 'send' }>['value']['messages'] extends infer M | undefined
  ? M extends readonly (infer One)[]
    ? One
    : never
  : never;

/** Messages on their way at a time, from one sender. */
const WINDOW = 24;
/** Messages of all senders that receivers have not seen: beyond it there is no hurry. */
const MOST_UNDELIVERED = 60;

/** Keeps sending, and repeats everything unanswered, with the same bytes and in the same order, on each new stream. */
export function startSender(options: SenderOptions): Sender {
  const { agentId, ledger, random } = options;
  const unanswered = new Map<string, Outgoing>();
  const places = new Map<string, number>();
  let finished = false;

  const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
  const newMessage = (): Outgoing => {
    const lane: Lane = { sender: agentId, recipient: pick(options.recipients), priority: pick([1, 2, 3, 4]) };
    const laneKey = `${lane.recipient} ${lane.priority}`;
    const place = (places.get(laneKey) ?? 0) + 1;
    places.set(laneKey, place);
    const id = messageId(lane, place);
    // Mostly small, now and then larger than a packet and than a frame of HTTP/2.
    const size = random.next() < 0.02 ? 20_000 : Math.floor(random.next() * 300);
    const message: Outgoing = {
      messageId: id,
      sender: { agentId, sessionId: options.sessionId },
      recipient: { target: { case: 'agentId', value: lane.recipient } },
      messageType: MessageType.NOTIFICATION,
      priority: lane.priority,
      contentType: 'application/octet-stream',
      content: { case: 'data', value: new Uint8Array(size) },
    };
    unanswered.set(id, message);
    ledger.sent(agentId, id);
    return message;
  };
  const sendMore = (stream: RawStream): void => {
    const messages: Outgoing[] = [];
    while (!finished && unanswered.size < WINDOW && ledger.undelivered < MOST_UNDELIVERED) messages.push(newMessage());
    if (messages.length > 0) stream.say({ case: 'send', value: { messages } });
  };
  const connection = keepConnected({
    ...options,
    hello: () => hello(agentId, { sendOnly: true }),
    welcomed(stream) {
      if (unanswered.size > 0) stream.say({ case: 'send', value: { messages: [...unanswered.values()] } });
      sendMore(stream);
    },
    received(frame, stream) {
      if (frame.case !== 'sendResult') return;
      for (const { messageId: id, outcome } of frame.value.results) {
        if (outcome.case === 'error') ledger.wrong(`${id} was refused: ${outcome.value.message}`);
        unanswered.delete(id);
        ledger.answered(agentId, id, outcome.case === 'duplicate');
      }
      sendMore(stream);
    },
    refused: (text) => ledger.wrong(`the bus ended a stream of ${agentId}: ${text}`),
  });
  // Receivers that were behind have caught up meanwhile, and no answer is there to wake the sender.
  const timer = setInterval(() => {
    if (connection.stream !== undefined) sendMore(connection.stream);
  }, 5);
  return {
    get stream() {
      return connection.stream;
    },
    get connection() {
      return connection.connection;
    },
    get resumes() {
      return connection.resumes;
    },
    get unanswered() {
      return unanswered.size;
    },
    finish() {
      finished = true;
    },
    async stop() {
      clearInterval(timer);
      await connection.stop();
    },
  };
}
