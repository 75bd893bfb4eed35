import { create } from '@bufbuild/protobuf';
import { durationMs } from '@bufbuild/protobuf/wkt';
import {
  ErrorFrameSchema,
  type RejectFrame,
  SettleResultFrameSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Consumer, Rejection } from '../../bus/message/deliveries.ts';
import type { Settlement } from '../../engine/engine.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Answers } from './answers.ts';
import type { Outbound, SingleFrame } from './outbound.ts';
import type { StatusOf } from './stream-context.ts';

export interface StreamSettlementsOptions {
  readonly consumer: Consumer;
  readonly answers: Answers;
  readonly outbound: Outbound;
  /** Whether the client asked to be told. */
  readonly confirm: boolean;
  readonly statusOf: StatusOf;
}

/** `ack`, `reject` and `extend` of a stream. A failure is told in any case, a success to those who asked. */
export interface StreamSettlements {
  acknowledge(deliveryIds: readonly string[]): void;
  reject(frame: RejectFrame): void;
  extend(deliveryIds: readonly string[]): void;
}

export function createStreamSettlements(options: StreamSettlementsOptions): StreamSettlements {
  const { consumer, answers, outbound, confirm, statusOf } = options;
  const settle = (deliveryIds: readonly string[], settlement: Promise<Settlement>): void => {
    const answer = settlement.then(
      (settled): SingleFrame | undefined => (confirm ? confirmation(deliveryIds, settled) : undefined),
      (error: unknown): SingleFrame => ({ case: 'error', value: create(ErrorFrameSchema, { error: statusOf(error) }) }),
    );
    const bytes = STREAM_LIMITS.minAnswerBytes + deliveryIds.reduce((sum, id) => sum + id.length, 0);
    answers.add(bytes, answer, (frame, taken) => (frame === undefined ? taken() : outbound.push(frame, taken)));
  };
  return {
    acknowledge: (deliveryIds) => settle(deliveryIds, consumer.acknowledge(deliveryIds)),
    reject: (frame) => settle(frame.deliveryIds, consumer.reject(rejectionOf(frame))),
    extend: (deliveryIds) => settle(deliveryIds, consumer.extend(deliveryIds)),
  };
}

function confirmation(deliveryIds: readonly string[], { stale }: Settlement): SingleFrame {
  const notHeld = new Set(stale);
  const settled = [...new Set(deliveryIds)].filter((id) => !notHeld.has(id));
  const value = create(SettleResultFrameSchema, { deliveryIds: settled, staleDeliveryIds: [...notHeld] });
  return { case: 'settleResult', value };
}

function rejectionOf({ deliveryIds, disposition, reason }: RejectFrame): Rejection {
  if (disposition.case === 'drop') return { deliveryIds, reason, disposition: 'drop' };
  const requeueDelayMs = disposition.value === undefined ? 0 : durationMs(disposition.value);
  return { deliveryIds, reason, disposition: { requeueDelayMs } };
}
