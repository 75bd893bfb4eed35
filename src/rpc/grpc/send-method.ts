import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { SendMessageRequestSchema, SendMessageResponseSchema } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { type IncomingMessage, incomingFromEnvelope } from '../../bus/message/incoming.ts';
import type { MessageCalls, SendOptions, Sent } from '../message-calls.ts';
import { decode } from './decode.ts';
import { messageOfSendRequest } from './request-from-bytes.ts';
import type { UnaryMethod } from './serve-unary.ts';
import { WireWriter } from './wire-writer.ts';

/** SendMessage on the lane. */
export function createSendMethod({ send }: MessageCalls): UnaryMethod {
  return {
    read(bytes, call) {
      const plain = messageOfSendRequest(bytes, call.traceparent);
      const { message, options } =
        plain === undefined ? decoded(bytes, call.traceparent) : { message: plain, options: {} };
      return async () => encodeSent(await send(message, options, call));
    },
  };
}

function decoded(
  bytes: Uint8Array,
  traceparent: string | undefined,
): { message: IncomingMessage; options: SendOptions } {
  const { message, wait, cancelOnTimeout } = decode(SendMessageRequestSchema, bytes);
  if (message === undefined) throw new Error('validation lets no request without a message through');
  const options = { ...(wait && { wait }), cancelOnTimeout };
  return { message: incomingFromEnvelope(message, traceparent), options };
}

/** A SendMessageResponse; by hand unless it brings a reply. */
function encodeSent({ messageId, duplicate, acceptedAt, recipients, reply }: Sent): Uint8Array {
  if (reply !== undefined) {
    const acceptedTime = timestampFromMs(acceptedAt);
    const response = { messageId, duplicate, acceptedTime, recipients: [...recipients], reply };
    return toBinary(SendMessageResponseSchema, create(SendMessageResponseSchema, response));
  }
  const writer = new WireWriter(USUAL_BYTES);
  for (let index = recipients.length - 1; index >= 0; index--) writer.element(RECIPIENTS, recipients[index] as string);
  writer.time(ACCEPTED_TIME, acceptedAt);
  writer.uint(DUPLICATE, Number(duplicate));
  writer.text(MESSAGE_ID, messageId);
  return writer.finish();
}

/** Room for a message id, a time and a recipient. */
const USUAL_BYTES = 512;

const MESSAGE_ID = 1;
const DUPLICATE = 2;
const ACCEPTED_TIME = 3;
const RECIPIENTS = 5;
