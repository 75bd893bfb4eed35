import { durationMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import { DeliveryMode, MessageState } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { incomingFromEnvelope } from '../bus/message/incoming.ts';
import type { SendOutcome } from '../bus/message/messages.ts';
import { TRACEPARENT } from '../bus/valid-traceparent.ts';
import type { MessageRecord } from '../engine/engine.ts';
import { CALL_LIMITS } from '../limits.ts';
import { deliveryFromLease } from './agent-stream/conversions.ts';
import type { RpcContext } from './context.ts';
import { deadLetterFromStored } from './dead-letter-view.ts';
import { callerOf } from './identity.ts';
import { pageSize } from './page-size.ts';
import { openPageToken, sealPageToken } from './page-token.ts';
import { createWaitingSignal } from './waiting-signal.ts';

/** MessageService on the bus. */
export function createMessageService(
  { messages, ask, deliveries, deadLetters }: Bus,
  { drain }: RpcContext,
): ServiceImpl<typeof MessageService> {
  return {
    async sendMessage({ message, wait, cancelOnTimeout }, context) {
      if (message === undefined) throw new Error('validation lets no request without a message through');
      const incoming = incomingFromEnvelope(message, context.requestHeader.get(TRACEPARENT));
      if (incoming.head.deliveryMode !== DeliveryMode.SYNC) {
        return responseOf(await messages.send(callerOf(context), incoming));
      }
      const outcome = await ask(callerOf(context), incoming, {
        waitMs: shortest(wait && durationMs(wait), timeToAnswer(context.timeoutMs())),
        cancelOnTimeout,
        signal: createWaitingSignal(context.signal, drain),
      });
      return { ...responseOf(outcome), reply: outcome.reply };
    },
    async receiveMessages({ agentId, instanceId, maxMessages, wait, lease }, context) {
      const leases = await deliveries.receive(callerOf(context), {
        agentId,
        instanceId: instanceId || CALL_LIMITS.defaultInstanceId,
        maxMessages: pageSize(maxMessages, CALL_LIMITS.receivePage),
        waitMs: wait ? durationMs(wait) : 0,
        leaseMs: lease ? durationMs(lease) : CALL_LIMITS.defaultLeaseMs,
        signal: createWaitingSignal(context.signal, drain),
      });
      return { deliveries: leases.map(deliveryFromLease) };
    },
    async acknowledgeMessages({ agentId, deliveryIds }, context) {
      const { stale } = await deliveries.acknowledge(callerOf(context), agentId, deliveryIds);
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

function responseOf({ messageId, duplicate, acceptedAt, recipients }: SendOutcome) {
  return { messageId, duplicate, acceptedTime: timestampFromMs(acceptedAt), recipients: [...recipients] };
}

/**
 * The call's own deadline ends a wait too, and what was asked for at its end is done then. A little earlier, since at
 * the deadline itself a client hangs up: that says nothing of the task, and would hear nothing of it.
 */
function timeToAnswer(timeoutMs: number | undefined): number | undefined {
  if (timeoutMs === undefined) return undefined;
  const { answerMarginMs, answerMarginShare } = CALL_LIMITS;
  return Math.max(timeoutMs - Math.min(answerMarginMs, timeoutMs * answerMarginShare), 0);
}

function shortest(...waits: readonly (number | undefined)[]): number | undefined {
  const given = waits.filter((wait) => wait !== undefined);
  return given.length === 0 ? undefined : Math.min(...given);
}
