import { toBinary } from '@bufbuild/protobuf';
import { AgentStreamResponseSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { sealedDeliveryFromLease } from '../agent-stream/conversions.ts';
import type { OutboundFrame } from '../agent-stream/frames.ts';
import { responseOf } from '../agent-stream/typed-frames.ts';
import { deliveryFrame } from './frames-delivery.ts';
import { sendResultFrame } from './frames-send-result.ts';
import { PREFIX_BYTES } from './prefix.ts';
import { createWireWriter, messageSize, type WireWriter } from './wire-writer.ts';

/** A frame that knows its size before it is written. */
export interface SizedFrame {
  /** The field of AgentStreamResponse. */
  readonly field: number;
  /** Bytes of what is in it. */
  readonly size: number;
  write(writer: WireWriter): void;
}

/** Frames as gRPC carries them, each an encoded AgentStreamResponse behind its prefix of five bytes, one behind the other. */
export function encodeFrames(frames: readonly OutboundFrame[]): Uint8Array {
  const sized = frames.map((frame) => sizedFrame(frame) ?? toBinary(AgentStreamResponseSchema, typed(frame)));
  const length = sized.reduce((sum, frame) => sum + PREFIX_BYTES + lengthOf(frame), 0);
  const buffer = Buffer.allocUnsafe(length);
  const writer = createWireWriter(buffer);
  for (const frame of sized) {
    writer.prefix(lengthOf(frame));
    if (frame instanceof Uint8Array) writer.raw(frame);
    else {
      writer.message(frame.field, frame.size);
      frame.write(writer);
    }
  }
  return buffer;
}

/** The kinds that most traffic is made of are written by hand: the general encoder costs many times as much. */
function sizedFrame(frame: OutboundFrame): SizedFrame | undefined {
  if (frame.case === 'delivery') return deliveryFrame(frame.value);
  return frame.case === 'sendResult' ? sendResultFrame(frame.value) : undefined;
}

function lengthOf(frame: SizedFrame | Uint8Array): number {
  return frame instanceof Uint8Array ? frame.length : messageSize(frame.size);
}

function typed(frame: OutboundFrame) {
  return responseOf(frame, sealedDeliveryFromLease);
}
