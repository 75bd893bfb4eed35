import { create, type DescMethod, toBinary } from '@bufbuild/protobuf';
import {
  AcknowledgeMessagesRequestSchema,
  AcknowledgeMessagesResponseSchema,
  MessageService,
  ReceiveMessagesRequestSchema,
} from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { type MessageCalls, receiveQueryOf } from '../message-calls.ts';
import { decode } from './decode.ts';
import { encodeDeliveries } from './frames-delivery.ts';
import { acknowledgeRequestFromBytes, receiveQueryFromBytes } from './request-from-bytes.ts';
import { createSendMethod } from './send-method.ts';
import type { UnaryMethod } from './serve-unary.ts';

/** The calls of MessageService that the lane carries. */
export function createMessageMethods(calls: MessageCalls): ReadonlyMap<DescMethod, UnaryMethod> {
  const { sendMessage, receiveMessages, acknowledgeMessages } = MessageService.method;
  return new Map<DescMethod, UnaryMethod>([
    [sendMessage, createSendMethod(calls)],
    [
      receiveMessages,
      {
        read(bytes, call) {
          const query = receiveQueryFromBytes(bytes) ?? receiveQueryOf(decode(ReceiveMessagesRequestSchema, bytes));
          return async () => {
            const leases = await calls.receive(query, call);
            return encodeDeliveries(leases);
          };
        },
      },
    ],
    [
      acknowledgeMessages,
      {
        read(bytes, call) {
          const request = acknowledgeRequestFromBytes(bytes) ?? decode(AcknowledgeMessagesRequestSchema, bytes);
          return async () => {
            const { stale } = await calls.acknowledge(request, call);
            if (stale.length === 0) return NOTHING;
            const response = create(AcknowledgeMessagesResponseSchema, { staleDeliveryIds: [...stale] });
            return toBinary(AcknowledgeMessagesResponseSchema, response);
          };
        },
      },
    ],
  ]);
}

/** A message of which every field is at its default. */
const NOTHING = new Uint8Array(0);
