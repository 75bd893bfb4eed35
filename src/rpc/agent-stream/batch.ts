import type { Lease } from '../../engine/engine.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { OutboundFrame } from './frames.ts';

/** A frame that waits, with what it counts for. Deliveries and results join frames of their kind. */
export interface Batch {
  readonly frame: OutboundFrame;
  /** About the room it takes. */
  bytes: number;
  /** Called when the frame leaves the queue. */
  readonly onTaken: (() => void)[];
}

/** What a delivery puts around its envelope, at most. */
const DELIVERY_OVERHEAD_BYTES = 128;
/** Most results say that all is well; an error with its facts is about as long. */
const RESULT_BYTES = 256;

export function newBatch(frame: OutboundFrame, onTaken?: () => void): Batch {
  // Frames that others may join get a list of their own, because it grows.
  const own = isJoinable(frame) ? ({ case: frame.case, value: [...frame.value] } as OutboundFrame) : frame;
  return { frame: own, bytes: bytesOf(frame), onTaken: onTaken === undefined ? [] : [onTaken] };
}

/** Whether both fit one frame. */
export function canJoin(batch: Batch, next: Batch): boolean {
  if (!isJoinable(batch.frame) || !isJoinable(next.frame)) return false;
  const most = batch.frame.case === 'delivery' ? STREAM_LIMITS.maxDeliveriesPerFrame : STREAM_LIMITS.maxResultsPerFrame;
  const count = batch.frame.value.length + next.frame.value.length;
  return (
    batch.frame.case === next.frame.case && count <= most && batch.bytes + next.bytes <= STREAM_LIMITS.maxFrameBytes
  );
}

export function join(batch: Batch, next: Batch): void {
  (batch.frame.value as unknown[]).push(...(next.frame.value as unknown[]));
  batch.bytes += next.bytes;
  batch.onTaken.push(...next.onTaken);
}

/** Adds one delivery to a batch of them, if there is one and it fits: what most frames are made of is not wrapped first. */
export function joinDelivery(batch: Batch | undefined, lease: Lease, bytes: number): boolean {
  if (batch?.frame.case !== 'delivery' || batch.bytes + bytes > STREAM_LIMITS.maxFrameBytes) return false;
  if (batch.frame.value.length >= STREAM_LIMITS.maxDeliveriesPerFrame) return false;
  (batch.frame.value as Lease[]).push(lease);
  batch.bytes += bytes;
  return true;
}

/** About the room that a delivery takes. */
export function bytesOfDelivery({ envelope }: Lease): number {
  return envelope.length + DELIVERY_OVERHEAD_BYTES;
}

type JoinableFrame = Extract<OutboundFrame, { case: 'delivery' | 'sendResult' }>;

function isJoinable(frame: OutboundFrame): frame is JoinableFrame {
  return frame.case === 'delivery' || frame.case === 'sendResult';
}

function bytesOf(frame: OutboundFrame): number {
  switch (frame.case) {
    case 'delivery':
      return frame.value.reduce((sum, lease) => sum + bytesOfDelivery(lease), 0);
    case 'sendResult':
      return frame.value.length * RESULT_BYTES;
    case 'sessionEvent':
      return STREAM_LIMITS.eventPageBytes;
    default:
      return RESULT_BYTES;
  }
}
