import { create, fromBinary } from '@bufbuild/protobuf';
import { AckFrameSchema, AgentStreamRequestSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Arrival, Submission } from '../agent-stream/frames.ts';
import { arrivalOf, unitsOfIds, unitsOfMessages } from '../agent-stream/typed-frames.ts';
import { readDeliveryIds } from './delivery-ids.ts';
import { ReadMessage, readHead } from './incoming-from-bytes.ts';
import { Slabs } from './slabs.ts';
import { WireReader } from './wire-reader.ts';

// Tags: the number of the field times 8, and how it is written.
const SEND = 0x12;
const ACK = 0x1a;
const SEND_MESSAGES = 0x0a;
const ACK_DELIVERY_IDS = 0x0a;

const MOST_MESSAGES = 1_024;

/**
 * An encoded AgentStreamRequest as the stream takes it. Nobody writes to the bytes afterwards, which may be a view of what
 * they came in: a message that is kept keeps no more than a few times its size of them. Throws, whatever it is, for bytes that are
 * no such message; what breaks a rule is told by `read`.
 *
 * What streams are full of is read without decoding it. Whatever differs in anything goes to the decoder, the whole frame:
 * one that is not to be understood is refused whole, and each of its messages may be the reason.
 */
export function arrivalFromBytes(bytes: Uint8Array): Arrival {
  return sendFromBytes(bytes) ?? ackFromBytes(bytes) ?? arrivalOf(fromBinary(AgentStreamRequestSchema, bytes));
}

function sendFromBytes(bytes: Uint8Array): Arrival | undefined {
  const reader = new WireReader(bytes);
  if (!reader.take(SEND)) return undefined;
  const outer = reader.enter();
  const submissions: Submission[] = [];
  while (reader.ok && reader.take(SEND_MESSAGES)) {
    const frame = reader.enter();
    const from = reader.at;
    const head = readHead(reader);
    const to = reader.at;
    reader.leave(frame);
    if (!reader.ok) return undefined;
    submissions.push(new ReadMessage(head, partOf(bytes, from, to)));
  }
  reader.leave(outer);
  if (!reader.done || submissions.length < 1 || submissions.length > MOST_MESSAGES) return undefined;
  return {
    name: 'send',
    sessionId: '',
    units: unitsOfMessages(submissions.length),
    read: () => ({ case: 'send', value: submissions }),
  };
}

/** A message of a frame. One that is kept must not keep many times its size of what came with it. */
function partOf(frame: Uint8Array, from: number, to: number): Uint8Array {
  const part = frame.subarray(from, to);
  return 2 * part.length > frame.buffer.byteLength ? part : slabs.copy(part);
}

const slabs = new Slabs();

function ackFromBytes(bytes: Uint8Array): Arrival | undefined {
  const reader = new WireReader(bytes);
  if (!reader.take(ACK)) return undefined;
  const outer = reader.enter();
  const deliveryIds = readDeliveryIds(reader, ACK_DELIVERY_IDS);
  reader.leave(outer);
  if (!reader.done) return undefined;
  return {
    name: 'ack',
    sessionId: '',
    units: unitsOfIds(deliveryIds.length),
    read: () => ({ case: 'ack', value: create(AckFrameSchema, { deliveryIds }) }),
  };
}
