import { toBinary } from '@bufbuild/protobuf';
import { AgentStreamResponseSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { sealedDeliveryFromLease } from '../agent-stream/conversions.ts';
import type { OutboundFrame } from '../agent-stream/frames.ts';
import { responseOf } from '../agent-stream/typed-frames.ts';
import { deliveriesBytes, writeDeliveryFrame } from './frames-delivery.ts';
import { isPlainResult, RESULT_BYTES, writeSendResultFrame } from './frames-send-result.ts';
import { SETTLED_BYTES, writeSettleResultFrame } from './frames-settle-result.ts';
import { WireWriter } from './wire-writer.ts';

/** About what a frame takes beside what is in it, and all of one that is written in general. */
const FRAME_BYTES = 64;

/** Frames as gRPC carries them, each an encoded AgentStreamResponse behind its prefix of five bytes, one behind the other. */
export function encodeFrames(frames: readonly OutboundFrame[]): Uint8Array {
  let capacity = 0;
  for (const frame of frames) capacity += FRAME_BYTES + contentBytes(frame);
  const writer = new WireWriter(capacity);
  for (let index = frames.length - 1; index >= 0; index--) {
    const end = writer.length;
    writeFrame(writer, frames[index] as OutboundFrame);
    writer.prefix(end);
  }
  return writer.finish();
}

/** About; the writer makes room for what is more. */
function contentBytes(frame: OutboundFrame): number {
  switch (frame.case) {
    case 'delivery':
      return deliveriesBytes(frame.value);
    case 'sendResult':
      return frame.value.length * RESULT_BYTES;
    case 'settleResult':
      return frame.value.deliveryIds.length * SETTLED_BYTES;
    default:
      return 0;
  }
}

/** The kinds that most traffic is made of are written by hand: the general encoder costs many times as much. */
function writeFrame(writer: WireWriter, frame: OutboundFrame): void {
  if (frame.case === 'delivery') writeDeliveryFrame(writer, frame.value);
  else if (frame.case === 'sendResult' && isPlainResult(frame.value)) writeSendResultFrame(writer, frame.value);
  else if (frame.case === 'settleResult') writeSettleResultFrame(writer, frame.value);
  else writer.raw(toBinary(AgentStreamResponseSchema, responseOf(frame, sealedDeliveryFromLease)));
}
