import { create, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { type Envelope, EnvelopeSchema, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';

/** Digits at the end of a message id: the message's number, always this many, so that all messages have the same length. */
const DIGITS = 10;
const ZERO = 48;

/** What is the same in all messages of one sender. */
export interface NumberedMessages {
  /** What ids begin with: unique for each sender and turn. */
  readonly prefix: string;
  readonly from: string;
  readonly to: string;
  /** Bytes of content. */
  readonly bytes: number;
  readonly content?: 'bytes' | 'json';
  /** What the ids of the messages begin with that these answer, each the one with its own number. */
  readonly answers?: string;
  /** Anything else of the envelope. */
  readonly more?: Partial<Omit<Envelope, '$typeName' | '$unknown'>>;
}

/** An encoded envelope, and the places in it where the digits of its number begin. */
export interface MessageTemplate {
  readonly bytes: Buffer;
  readonly digitsAt: readonly number[];
}

/** The id of a message. */
export function messageIdOf(prefix: string, message: number): string {
  return `${prefix}-${String(message).padStart(DIGITS, '0')}`;
}

/** Encodes the message that all others are copies of, but for their number. */
export function messageTemplate(messages: NumberedMessages): MessageTemplate {
  const { prefix, from, to, bytes, content, answers, more } = messages;
  const messageId = messageIdOf(prefix, 0);
  const correlationId = answers === undefined ? '' : messageIdOf(answers, 0);
  const envelope = create(EnvelopeSchema, {
    messageId,
    sender: { agentId: from },
    recipient: { target: { case: 'agentId', value: to } },
    messageType: MessageType.NOTIFICATION,
    correlationId,
    ...(content === 'json'
      ? { content: { case: 'payload', value: jsonOf(bytes) } }
      : { contentType: 'application/octet-stream', content: { case: 'data', value: noise(bytes) } }),
    ...more,
  });
  const encoded = Buffer.from(toBinary(EnvelopeSchema, envelope));
  const ids = answers === undefined ? [messageId] : [messageId, correlationId];
  return { bytes: encoded, digitsAt: ids.map((id) => encoded.indexOf(id) + id.length - DIGITS) };
}

/** Writes a number over the digits at one place. */
export function writeNumber(bytes: Uint8Array, digitsAt: number, message: number): void {
  let rest = message;
  for (let at = digitsAt + DIGITS - 1; at >= digitsAt; at--) {
    const tenth = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

/** Reads the number out of a message id that ends at `end`. */
export function readNumber(bytes: Uint8Array, end: number): number {
  let message = 0;
  for (let at = end - DIGITS; at < end; at++) message = message * 10 + (bytes[at] ?? 0) - ZERO;
  return message;
}

/** Bytes that no disk and no network makes smaller; the same in every run. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** An object as agents write it, of about this many bytes as JSON: some short fields, numbers, a list, and text. */
function jsonOf(bytes: number): JsonObject {
  const object: JsonObject = {
    component: 'notification-service',
    attempt: 3,
    temperature: 0.7,
    done: false,
    files: ['src/main.ts', 'src/limits.ts'],
    text: '',
  };
  const rest = Math.max(0, bytes - JSON.stringify(object).length);
  return { ...object, text: 'lorem ipsum dolor '.repeat(Math.ceil(rest / 18)).slice(0, rest) };
}
