import { create, type DescMethod, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  AcknowledgeMessagesRequestSchema,
  AcknowledgeMessagesResponseSchema,
  MessageService,
  ReceiveMessagesRequestSchema,
  SendMessageRequestSchema,
  SendMessageResponseSchema,
} from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { incomingFromEnvelope } from '../../bus/message/incoming.ts';
import type { MessageCalls, Sent } from '../message-calls.ts';
import { decode } from './decode.ts';
import { encodeDeliveries } from './frames-delivery.ts';
import type { UnaryMethod } from './serve-unary.ts';

/** The calls of MessageService that the lane carries. */
export function createMessageMethods(calls: MessageCalls): ReadonlyMap<DescMethod, UnaryMethod> {
  const { sendMessage, receiveMessages, acknowledgeMessages } = MessageService.method;
  return new Map<DescMethod, UnaryMethod>([
    [
      sendMessage,
      {
        read(bytes, call) {
          const { message, wait, cancelOnTimeout } = decode(SendMessageRequestSchema, bytes);
          if (message === undefined) throw new Error('validation lets no request without a message through');
          const incoming = incomingFromEnvelope(message, call.traceparent);
          return async () => encodeSent(await calls.send(incoming, { ...(wait && { wait }), cancelOnTimeout }, call));
        },
      },
    ],
    [
      receiveMessages,
      {
        read(bytes, call) {
          const request = decode(ReceiveMessagesRequestSchema, bytes);
          return async () => {
            const leases = await calls.receive(request, call);
            return encodeDeliveries(leases);
          };
        },
      },
    ],
    [
      acknowledgeMessages,
      {
        read(bytes, call) {
          const request = decode(AcknowledgeMessagesRequestSchema, bytes);
          return async () => {
            const { stale } = await calls.acknowledge(request, call);
            const response = create(AcknowledgeMessagesResponseSchema, { staleDeliveryIds: [...stale] });
            return toBinary(AcknowledgeMessagesResponseSchema, response);
          };
        },
      },
    ],
  ]);
}

function encodeSent({ messageId, duplicate, acceptedAt, recipients, reply }: Sent): Uint8Array {
  const response = create(SendMessageResponseSchema, {
    messageId,
    duplicate,
    acceptedTime: timestampFromMs(acceptedAt),
    recipients: [...recipients],
    ...(reply && { reply }),
  });
  return toBinary(SendMessageResponseSchema, response);
}
