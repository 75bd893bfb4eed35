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
const MAX_DIGITS = 11;

export function formatDeliveryId({ sequence, epoch, lease }: DeliveryId): string {
  return `${sequence.toString(RADIX)}-${epoch.toString(RADIX)}-${lease.toString(RADIX)}`;
}

/** Undefined for anything that `formatDeliveryId` cannot have made. */
export function parseDeliveryId(id: string): DeliveryId | undefined {
  const first = id.indexOf('-');
  const second = id.indexOf('-', first + 1);
  const sequence = readNumber(id, 0, first);
  const epoch = readNumber(id, first + 1, second);
  const lease = readNumber(id, second + 1, id.length);
  return Number.isNaN(sequence + epoch + lease) ? undefined : { sequence, epoch, lease };
}

const [ZERO, NINE, A, Z] = [0x30, 0x39, 0x61, 0x7a];

/** NaN for what is no number in digits and small letters. By hand: one is read for each message that is acknowledged. */
function readNumber(id: string, from: number, to: number): number {
  if (to <= from || to - from > MAX_DIGITS) return Number.NaN;
  let value = 0;
  for (let place = from; place < to; place++) {
    const unit = id.charCodeAt(place);
    if (unit >= ZERO && unit <= NINE) value = value * RADIX + (unit - ZERO);
    else if (unit >= A && unit <= Z) value = value * RADIX + (unit - A + 10);
    else return Number.NaN;
  }
  return value;
}
