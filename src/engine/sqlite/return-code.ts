import type { RedeliveryReason } from '../engine.ts';

/** Position = number on disk; only ever append. */
const REASONS: readonly (RedeliveryReason | undefined)[] = [
  undefined,
  'lease_expired',
  'holder_gone',
  'rejected',
  'bus_restarted',
];

/** How the reason for which a message came back is stored; 0 if it never did. */
export function returnCode(reason: RedeliveryReason | undefined): number {
  return REASONS.indexOf(reason);
}

export function returnReason(code: number): RedeliveryReason | undefined {
  return REASONS[code];
}
