import { durationMs } from '@bufbuild/protobuf/wkt';
import { DeliveryMode, type Envelope } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type {
  AcknowledgeMessagesRequest,
  ReceiveMessagesRequest,
  SendMessageRequest,
} from '../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import type { IncomingMessage } from '../bus/message/incoming.ts';
import type { SendOutcome } from '../bus/message/messages.ts';
import type { Lease, Settlement } from '../engine/engine.ts';
import { CALL_LIMITS } from '../limits.ts';
import type { Call } from './call.ts';
import type { RpcContext } from './context.ts';
import { pageSize } from './page-size.ts';
import { createWaitingSignal } from './waiting-signal.ts';

/** The calls of MessageService that most of the traffic is made of, without any spelling of what they take and give. */
export interface MessageCalls {
  /** The reply is there if the message asked to wait for it and it came in time. */
  send(message: IncomingMessage, options: SendOptions, call: Call): Promise<Sent>;
  receive(query: ReceiveQuery, call: Call): Promise<Lease[]>;
  acknowledge(request: Pick<AcknowledgeMessagesRequest, 'agentId' | 'deliveryIds'>, call: Call): Promise<Settlement>;
}

/** What a request of SendMessage says besides the message. */
export type SendOptions = Partial<Pick<SendMessageRequest, 'wait' | 'cancelOnTimeout'>>;

/** What a request of ReceiveMessages says. */
export interface ReceiveQuery extends Pick<ReceiveMessagesRequest, 'agentId' | 'instanceId' | 'maxMessages'> {
  /** 0 for not to wait. */
  readonly waitMs: number;
  /** Undefined for as long as usual. */
  readonly leaseMs: number | undefined;
}

export function receiveQueryOf({
  agentId,
  instanceId,
  maxMessages,
  wait,
  lease,
}: ReceiveMessagesRequest): ReceiveQuery {
  const waitMs = wait ? durationMs(wait) : 0;
  return { agentId, instanceId, maxMessages, waitMs, leaseMs: lease && durationMs(lease) };
}

export type Sent = SendOutcome & { readonly reply?: Envelope | undefined };

export function createMessageCalls(
  { messages, ask, deliveries }: Bus,
  { drain }: Pick<RpcContext, 'drain'>,
): MessageCalls {
  return {
    send(message, { wait, cancelOnTimeout = false }, call) {
      if (message.head.deliveryMode !== DeliveryMode.SYNC) return messages.send(call.caller, message);
      return ask(call.caller, message, {
        waitMs: shortest(wait && durationMs(wait), timeToAnswer(call.timeoutMs())),
        cancelOnTimeout,
        signal: createWaitingSignal(call.signal, drain),
      });
    },
    receive({ agentId, instanceId, maxMessages, waitMs, leaseMs = CALL_LIMITS.defaultLeaseMs }, call) {
      return deliveries.receive(call.caller, {
        agentId,
        instanceId: instanceId || CALL_LIMITS.defaultInstanceId,
        maxMessages: pageSize(maxMessages, CALL_LIMITS.receivePage),
        waitMs,
        leaseMs,
        // The bus may stop before a wait is over; a call that takes what is there ends soon enough.
        signal: waitMs > 0 ? createWaitingSignal(call.signal, drain) : call.signal,
      });
    },
    acknowledge: ({ agentId, deliveryIds }, { caller }) => deliveries.acknowledge(caller, agentId, deliveryIds),
  };
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
