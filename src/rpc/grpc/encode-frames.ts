import { toBinary } from '@bufbuild/protobuf';
import { AgentStreamResponseSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { sealedDeliveryFromLease } from '../agent-stream/conversions.ts';
import type { OutboundFrame } from '../agent-stream/frames.ts';
import { responseOf } from '../agent-stream/typed-frames.ts';
import { envelopeMessage } from './prefix.ts';

/** Frames as gRPC carries them, each an encoded AgentStreamResponse behind its prefix of five bytes, one behind the other. */
export function encodeFrames(frames: readonly OutboundFrame[]): Uint8Array {
  const encoded = frames.map((frame) =>
    envelopeMessage(toBinary(AgentStreamResponseSchema, responseOf(frame, sealedDeliveryFromLease))),
  );
  const [only] = encoded;
  return only !== undefined && encoded.length === 1 ? only : Buffer.concat(encoded);
}
