import { durationMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { MessageState } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { incomingFromEnvelope } from '../bus/message/incoming.ts';
import type { MessageRecord } from '../engine/engine.ts';
import { CALL_LIMITS } from '../limits.ts';
import { deliveryFromLease } from './agent-stream/conversions.ts';
import { callOf } from './call.ts';
import { deadLetterFromStored } from './dead-letter-view.ts';
import { callerOf } from './identity.ts';
import { type MessageCalls, receiveQueryOf } from './message-calls.ts';
import { pageSize } from './page-size.ts';
import { openPageToken, sealPageToken } from './page-token.ts';

/** MessageService on the bus; `calls` are those of its calls that other transports carry too. */
export function createMessageService(
  { messages, deliveries, deadLetters }: Bus,
  calls: MessageCalls,
): ServiceImpl<typeof MessageService> {
  return {
    async sendMessage({ message, wait, cancelOnTimeout }, context) {
      if (message === undefined) throw new Error('validation lets no request without a message through');
      const call = callOf(context);
      const incoming = incomingFromEnvelope(message, call.traceparent);
      const { messageId, duplicate, acceptedAt, recipients, reply } = await calls.send(
        incoming,
        { ...(wait && { wait }), cancelOnTimeout },
        call,
      );
      const acceptedTime = timestampFromMs(acceptedAt);
      return { messageId, duplicate, acceptedTime, recipients: [...recipients], ...(reply && { reply }) };
    },
    async receiveMessages(request, context) {
      const leases = await calls.receive(receiveQueryOf(request), callOf(context));
      return { deliveries: leases.map(deliveryFromLease) };
    },
    async acknowledgeMessages(request, context) {
      const { stale } = await calls.acknowledge(request, callOf(context));
      return { staleDeliveryIds: [...stale] };
    },
    async rejectMessages({ agentId, deliveryIds, disposition, reason }, context) {
      const { stale } = await deliveries.reject(callerOf(context), agentId, {
        deliveryIds,
        reason,
        disposition:
          disposition.case === 'drop'
            ? 'drop'
            : { requeueDelayMs: disposition.value === undefined ? 0 : durationMs(disposition.value) },
      });
      return { staleDeliveryIds: [...stale] };
    },
    async extendLeases({ agentId, deliveryIds, lease }, context) {
      const leaseMs = lease ? durationMs(lease) : CALL_LIMITS.defaultLeaseMs;
      const extended = await deliveries.extend(callerOf(context), agentId, { deliveryIds, leaseMs });
      return { staleDeliveryIds: [...extended.stale], leaseExpiresAt: timestampFromMs(extended.leaseExpiresAt) };
    },
    async getMessageStatus({ sender, messageId }, context) {
      const records = await messages.status(callerOf(context), { sender, messageId });
      return { statuses: records.map(statusOf) };
    },
    async listDeadLetters(request, context) {
      const { agentId } = request;
      // A place in one agent's list means nothing in another's.
      const kind = `dead letters of ${agentId}`;
      const after = openPageToken(kind, request.pageToken);
      const limit = pageSize(request.pageSize, CALL_LIMITS.listPage);
      const page = await deadLetters.list(callerOf(context), { agentId, limit, ...(after !== undefined && { after }) });
      return {
        deadLetters: page.deadLetters.map((deadLetter) => deadLetterFromStored(agentId, deadLetter)),
        nextPageToken: sealPageToken(kind, page.next),
      };
    },
    async redeliverDeadLetters({ agentId, deadLetterIds }, context) {
      return { redelivered: await deadLetters.redeliver(callerOf(context), agentId, deadLetterIds) };
    },
    async purgeDeadLetters({ agentId, deadLetterIds }, context) {
      return { purged: await deadLetters.purge(callerOf(context), agentId, deadLetterIds) };
    },
  };
}

const STATES = {
  queued: MessageState.QUEUED,
  delivered: MessageState.DELIVERED,
  acknowledged: MessageState.ACKNOWLEDGED,
  expired: MessageState.EXPIRED,
  dead_lettered: MessageState.DEAD_LETTERED,
  withdrawn: MessageState.WITHDRAWN,
} as const satisfies Record<MessageRecord['state'], MessageState>;

function statusOf(record: MessageRecord) {
  return {
    recipient: record.recipient,
    state: STATES[record.state],
    acceptedTime: timestampFromMs(record.acceptedAt),
    attempt: record.attempts,
    reason: record.reason ?? '',
    ...(record.changedAt !== undefined && { stateTime: timestampFromMs(record.changedAt) }),
  };
}
