import { create, toBinary } from '@bufbuild/protobuf';
import { AgentStreamRequestSchema, type Hello } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { type MessageTemplate, writeNumber } from './numbered-message.ts';
import { bytesField, grpcMessage, varint } from './protobuf.ts';

/** Numbers of the frames in AgentStreamRequest. */
const SEND = 2;
const ACK = 3;
const HEARTBEAT = 6;
const ACK_TAG = (ACK << 3) | 2;

/** The first frame of an agent. */
export function helloFrame(agentId: string, more: Partial<Pick<Hello, 'maxInFlight' | 'sendOnly'>>): Buffer {
  const value = { agent: { agentId }, instanceId: 'bench', confirmSettlements: true, ...more };
  return grpcMessage(
    toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame: { case: 'hello', value } })),
  );
}

/** A sign of life. */
export const HEARTBEAT_FRAME: Buffer = grpcMessage(bytesField(HEARTBEAT, Buffer.alloc(0)));

/** Makes the frames that send messages with consecutive numbers, by copying and counting. */
export interface SendFrames {
  /** A frame with messages from this number on, ready to be written. At most the batch of the factory. */
  frame(first: number, count: number): Buffer;
}

/** Prepares frames of 1 to `batch` messages. */
export function createSendFrames(template: MessageTemplate, batch: number): SendFrames {
  const message = bytesField(1, template.bytes);
  const before = message.length - template.bytes.length;
  const places = template.digitsAt.map((at) => before + at);
  const whole = Array.from({ length: batch }, (_, more) => {
    const messages = Buffer.concat(Array.from({ length: more + 1 }, () => message));
    return grpcMessage(bytesField(SEND, messages));
  });

  return {
    frame(first, count) {
      const model = whole[count - 1];
      if (model === undefined) throw new RangeError(`a frame of ${count} messages`);
      const frame = Buffer.from(model);
      const begin = frame.length - count * message.length;
      for (let index = 0; index < count; index++)
        for (const place of places) writeNumber(frame, begin + index * message.length + place, first + index);
      return frame;
    },
  };
}

/**
 * A frame that acknowledges deliveries. An id has the same field number in a delivery and here, so that what was read of it, tag and
 * length included, is what is written.
 */
export function ackFrame(idFields: readonly Uint8Array[]): Buffer {
  const length = idFields.reduce((sum, field) => sum + field.length, 0);
  const head = varint(length);
  const frame = Buffer.allocUnsafe(5 + 1 + head.length + length);
  frame[0] = 0;
  frame.writeUInt32BE(1 + head.length + length, 1);
  frame[5] = ACK_TAG;
  frame.set(head, 6);
  let at = 6 + head.length;
  for (const field of idFields) {
    frame.set(field, at);
    at += field.length;
  }
  return frame;
}
