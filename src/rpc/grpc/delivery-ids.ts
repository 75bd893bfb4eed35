import type { WireReader } from './wire-reader.ts';

const MOST_IDS = 10_000;
const ID_BYTES = 64;

/** Reads a list of 1 to 10,000 ids of deliveries, each behind the tag. */
export function readDeliveryIds(reader: WireReader, tag: number): string[] {
  const deliveryIds: string[] = [];
  while (reader.ok && reader.take(tag)) deliveryIds.push(reader.text(ID_BYTES));
  if (deliveryIds.length < 1 || deliveryIds.length > MOST_IDS) reader.refuse();
  return deliveryIds;
}
