import type { RedeliveryReason } from '../engine.ts';

/** What is known of a message when it comes into memory. */
export interface NewEntry {
  readonly sequence: number;
  readonly priority: number;
  readonly size: number;
  /** Infinity: never. */
  readonly expiresAt: number;
  /** 0: at once. */
  readonly availableAt: number;
  readonly tag: number;
  readonly shared: number;
  readonly attempts: number;
  readonly returned: RedeliveryReason | undefined;
}
