import { fromBinary, toJsonString } from '@bufbuild/protobuf';
import { AgentStreamResponseSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { readNumber } from './numbered-message.ts';
import { createFieldReader } from './protobuf.ts';

/** What a load wants to know of the frames that come. */
export interface FrameListener {
  welcome?(): void;
  /** A message was handed over. `idField` is the delivery id with its tag and length. */
  delivery?(message: number, idField: Buffer): void;
  /** A message was accepted. */
  accepted?(message: number): void;
  /** An acknowledgement is on disk. The id as it was in the delivery, without tag and length. */
  settled?(deliveryId: string): void;
}

/** Reads a frame of AgentStreamResponse. Throws when it refuses anything: a load does nothing that may be refused. */
export type FrameReader = (bytes: Buffer, start: number, end: number) => void;

const WELCOME = 1;
const DELIVERY = 2;
const SEND_RESULT = 3;
const SETTLE_RESULT = 4;
const HEARTBEAT = 7;

/** Makes the reader of one stream. */
export function createFrameReader(listener: FrameListener): FrameReader {
  const frame = createFieldReader();
  const item = createFieldReader();
  const part = createFieldReader();
  const inner = createFieldReader();
  let from = 0;
  let to = 0;

  /** The whole frame in words. */
  function textOf(bytes: Buffer): string {
    return toJsonString(AgentStreamResponseSchema, fromBinary(AgentStreamResponseSchema, bytes.subarray(from, to)));
  }

  /** The number in the message id that is field 1 of a message. */
  function numberIn(bytes: Buffer, start: number, end: number): number {
    inner.over(bytes, start, end);
    while (inner.next()) if (inner.field === 1) return readNumber(bytes, inner.end);
    throw new Error('a message without an id');
  }

  function readDelivery(bytes: Buffer, start: number, end: number): void {
    let message = -1;
    let idStart = 0;
    let idEnd = 0;
    part.over(bytes, start, end);
    for (let fieldStart = start; part.next(); fieldStart = part.end) {
      if (part.field === 1) {
        idStart = fieldStart;
        idEnd = part.end;
      } else if (part.field === 6) message = numberIn(bytes, part.start, part.end);
    }
    listener.delivery?.(message, bytes.subarray(idStart, idEnd));
  }

  function readResult(bytes: Buffer, start: number, end: number): void {
    let message = -1;
    part.over(bytes, start, end);
    while (part.next()) {
      if (part.field === 1) message = readNumber(bytes, part.end);
      else if (part.field !== 2) throw new Error(`a message was not accepted: ${textOf(bytes)}`);
    }
    listener.accepted?.(message);
  }

  function readSettled(bytes: Buffer, start: number, end: number): void {
    if (item.field !== 1) throw new Error(`a delivery was stale: ${textOf(bytes)}`);
    listener.settled?.(bytes.toString('latin1', start, end));
  }

  return (bytes, start, end) => {
    from = start;
    to = end;
    frame.over(bytes, start, end);
    if (!frame.next()) throw new Error('an empty frame');
    const kind = frame.field;
    if (kind === WELCOME) return listener.welcome?.();
    if (kind === HEARTBEAT) return;
    if (kind !== DELIVERY && kind !== SEND_RESULT && kind !== SETTLE_RESULT)
      throw new Error(`a frame that no load expects: ${textOf(bytes)}`);
    item.over(bytes, frame.start, frame.end);
    while (item.next()) {
      if (kind === DELIVERY) readDelivery(bytes, item.start, item.end);
      else if (kind === SEND_RESULT) readResult(bytes, item.start, item.end);
      else readSettled(bytes, item.start, item.end);
    }
  };
}
