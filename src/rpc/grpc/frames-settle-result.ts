import type { SettleResultFrame } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { WireWriter } from './wire-writer.ts';

/** Numbers of the fields, as the contract has them. */
const FRAME_FIELD = 4;
const DELIVERY_IDS = 1;
const STALE_DELIVERY_IDS = 2;

/** About what an id takes. */
export const SETTLED_BYTES = 24;

/** A SettleResultFrame, with the field that it is in. */
export function writeSettleResultFrame(writer: WireWriter, frame: SettleResultFrame): void {
  const end = writer.length;
  writeAll(writer, STALE_DELIVERY_IDS, frame.staleDeliveryIds);
  writeAll(writer, DELIVERY_IDS, frame.deliveryIds);
  writer.message(FRAME_FIELD, end);
}

function writeAll(writer: WireWriter, field: number, ids: readonly string[]): void {
  for (let index = ids.length - 1; index >= 0; index--) writer.element(field, ids[index] as string);
}
