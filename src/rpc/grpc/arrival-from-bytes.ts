import { fromBinary } from '@bufbuild/protobuf';
import { AgentStreamRequestSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Arrival } from '../agent-stream/frames.ts';
import { arrivalOf } from '../agent-stream/typed-frames.ts';

/**
 * An encoded AgentStreamRequest as the stream takes it. The bytes are the caller's to give away: nobody writes to them afterwards,
 * and they hold nothing else. Throws, whatever it is, for bytes that are no such message; what breaks a rule is told by `read`.
 */
export function arrivalFromBytes(bytes: Uint8Array): Arrival {
  return arrivalOf(fromBinary(AgentStreamRequestSchema, bytes));
}
