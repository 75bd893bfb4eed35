/** What a delivery id says. To everybody else it is an opaque word of letters, digits and dashes. */
export interface DeliveryId {
  /** The message. */
  readonly sequence: number;
  /** The run of the engine that handed it out: ids of two runs are never the same. */
  readonly epoch: number;
  /** Counts the leases of this message in that run, from 1. */
  readonly lease: number;
}

const RADIX = 36;
const PATTERN = /^[0-9a-z]{1,11}-[0-9a-z]{1,11}-[0-9a-z]{1,11}$/;

export function formatDeliveryId({ sequence, epoch, lease }: DeliveryId): string {
  return `${sequence.toString(RADIX)}-${epoch.toString(RADIX)}-${lease.toString(RADIX)}`;
}

/** Undefined for anything that `formatDeliveryId` cannot have made. */
export function parseDeliveryId(id: string): DeliveryId | undefined {
  if (!PATTERN.test(id)) return undefined;
  const first = id.indexOf('-');
  const second = id.indexOf('-', first + 1);
  const sequence = Number.parseInt(id.slice(0, first), RADIX);
  const epoch = Number.parseInt(id.slice(first + 1, second), RADIX);
  const lease = Number.parseInt(id.slice(second + 1), RADIX);
  return { sequence, epoch, lease };
}
