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
const PATTERN = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})-([0-9a-z]{1,11})$/;

export function formatDeliveryId({ sequence, epoch, lease }: DeliveryId): string {
  return `${sequence.toString(RADIX)}-${epoch.toString(RADIX)}-${lease.toString(RADIX)}`;
}

/** Undefined for anything that `formatDeliveryId` cannot have made. */
export function parseDeliveryId(id: string): DeliveryId | undefined {
  const parts = PATTERN.exec(id);
  if (parts === null) return undefined;
  const [sequence, epoch, lease] = parts.slice(1).map((part) => Number.parseInt(part, RADIX)) as [
    number,
    number,
    number,
  ];
  return { sequence, epoch, lease };
}
