import { create, fromBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type DeadLetter, DeadLetterSchema } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { EnvelopeSchema } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { StoredDeadLetter } from '../engine/engine.ts';

/** A dead letter of an agent's mailbox as the contract shows it. */
export function deadLetterFromStored(agentId: string, stored: StoredDeadLetter): DeadLetter {
  const { deadLetterId, reason, attempts } = stored;
  return create(DeadLetterSchema, {
    deadLetterId,
    agentId,
    reason,
    attempts,
    time: timestampFromMs(stored.diedAt),
    acceptedTime: timestampFromMs(stored.acceptedAt),
    message: fromBinary(EnvelopeSchema, stored.envelope),
  });
}
