import { toBinary } from '@bufbuild/protobuf';
import { AgentStreamResponseSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { sealedDeliveryFromLease } from '../agent-stream/conversions.ts';
import type { OutboundFrame } from '../agent-stream/frames.ts';
import { responseOf } from '../agent-stream/typed-frames.ts';
import { deliveriesBytes, writeDeliveryFrame } from './frames-delivery.ts';
import { isPlainResult, RESULT_BYTES, writeSendResultFrame } from './frames-send-result.ts';
import { SETTLED_BYTES, writeSettleResultFrame } from './frames-settle-result.ts';
import { WireWriter } from './wire-writer.ts';

/** About what a frame takes beside what is in it. */
const FRAME_BYTES = 64;

/** Frames as gRPC carries them, each an encoded AgentStreamResponse behind its prefix of five bytes, one behind the other. */
export function encodeFrames(frames: readonly OutboundFrame[]): Uint8Array {
  const bodies = frames.map(bodyOf);
  let capacity = 0;
  for (const body of bodies) capacity += FRAME_BYTES + body.bytes;
  const writer = new WireWriter(capacity);
  for (let index = bodies.length - 1; index >= 0; index--) {
    const end = writer.length;
    bodies[index]?.write(writer);
    writer.prefix(end);
  }
  return writer.finish();
}

interface Body {
  /** About what it takes: the writer makes room for what is more, but that costs a copy of all. */
  readonly bytes: number;
  write(writer: WireWriter): void;
}

/** The kinds that most traffic is made of are written by hand: the general encoder costs many times as much. */
function bodyOf(frame: OutboundFrame): Body {
  if (frame.case === 'delivery') {
    const { value } = frame;
    return { bytes: deliveriesBytes(value), write: (writer) => writeDeliveryFrame(writer, value) };
  }
  if (frame.case === 'sendResult') {
    const { value } = frame;
    if (isPlainResult(value))
      return { bytes: value.length * RESULT_BYTES, write: (writer) => writeSendResultFrame(writer, value) };
  }
  if (frame.case === 'settleResult') {
    const { value } = frame;
    const bytes = value.deliveryIds.length * SETTLED_BYTES;
    return { bytes, write: (writer) => writeSettleResultFrame(writer, value) };
  }
  const encoded = toBinary(AgentStreamResponseSchema, responseOf(frame, sealedDeliveryFromLease));
  return { bytes: encoded.length, write: (writer) => writer.raw(encoded) };
}
