import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { SettleResultFrame } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { CLIENT_LIMITS } from '../client-limits.ts';
import type { ClientFrame, Lane } from './lane.ts';

/** What becomes of a delivery. */
export type Disposition =
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'requeue'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'drop'; readonly reason: string };

/** Deliveries of one stream: which are held, which are settled and not confirmed yet. */
export interface Settlements extends Lane {
  /** Settled deliveries whose confirmation is still to come. */
  readonly unconfirmed: number;
  /** Settles a delivery for good; `durable` is called when that is on disk, unless the delivery was not held any more. */
  settle(deliveryId: string, disposition: Disposition, durable?: () => void): void;
  /** Asks for more time for all that {@link SettlementsOptions.held} names when the frame is written. */
  extend(): void;
  /** What the bus confirmed. */
  confirm(result: SettleResultFrame): void;
  /**
   * An error stands in the place of a confirmation: nothing is settled or extended, and nothing more is said about it. What the
   * bus goes on to hold is delivered again when its lease runs out.
   */
  refused(): void;
}

/** What {@link createSettlements} works with. */
export interface SettlementsOptions {
  /** Deliveries that are being worked on. */
  held(): string[];
  /** The bus gave a delivery more time. */
  kept(deliveryId: string): void;
  /** The bus does not know a delivery as this stream's any more: asking for more time for it again would be in vain. */
  lost(deliveryId: string): void;
  /** There is something to say, or less is unconfirmed. */
  changed(): void;
}

interface Rejection {
  readonly deliveryId: string;
  readonly disposition: Exclude<Disposition, { kind: 'acknowledge' }>;
}

interface Unconfirmed {
  /** Frames with this id that the bus has not answered; an extension may be among them. */
  frames: number;
  settled: { readonly durable: (() => void) | undefined } | undefined;
}

/**
 * Makes the lane. The bus answers every frame once, in their order, and in it every id, which tells confirmations of extensions and
 * settlements apart.
 */
export function createSettlements({ held, kept, lost, changed }: SettlementsOptions): Settlements {
  const unconfirmed = new Map<string, Unconfirmed>();
  /** The ids of each frame that was written and not answered, the oldest first. */
  let frames: (readonly string[])[] = [];
  let settledCount = 0;
  let acknowledgements: string[] = [];
  let rejections: Rejection[] = [];
  let extensionDue = false;

  function expectAnswer(deliveryId: string): Unconfirmed {
    const entry = unconfirmed.get(deliveryId) ?? { frames: 0, settled: undefined };
    entry.frames++;
    unconfirmed.set(deliveryId, entry);
    return entry;
  }

  /** Takes the answer to an id of one frame; returns what had been asked for if that was the last one. */
  function answered(deliveryId: string): Unconfirmed | undefined {
    const entry = unconfirmed.get(deliveryId);
    if (entry === undefined || --entry.frames > 0) return undefined;
    unconfirmed.delete(deliveryId);
    if (entry.settled !== undefined) settledCount--;
    return entry;
  }

  function confirmed(deliveryId: string): void {
    const entry = answered(deliveryId);
    if (entry?.settled !== undefined) entry.settled.durable?.();
    else if (entry !== undefined) kept(deliveryId);
  }

  function foundStale(deliveryId: string): void {
    const entry = answered(deliveryId);
    if (entry !== undefined && entry.settled === undefined) lost(deliveryId);
  }

  function nextExtension(): ClientFrame | undefined {
    extensionDue = false;
    const deliveryIds = held();
    if (deliveryIds.length === 0) return undefined;
    for (const deliveryId of deliveryIds) expectAnswer(deliveryId);
    frames.push(deliveryIds);
    return { case: 'extend', value: { deliveryIds } };
  }

  function forgetAll(): void {
    unconfirmed.clear();
    frames = [];
    settledCount = 0;
    acknowledgements = [];
    rejections = [];
    extensionDue = false;
  }

  return {
    get unconfirmed() {
      return settledCount;
    },
    settle(deliveryId, disposition, durable) {
      const entry = expectAnswer(deliveryId);
      if (entry.settled === undefined) settledCount++;
      entry.settled = { durable };
      if (disposition.kind === 'acknowledge') acknowledgements.push(deliveryId);
      else rejections.push({ deliveryId, disposition });
      changed();
    },
    extend() {
      extensionDue = true;
      changed();
    },
    confirm({ deliveryIds, staleDeliveryIds }) {
      frames.shift();
      for (const deliveryId of deliveryIds) confirmed(deliveryId);
      for (const deliveryId of staleDeliveryIds) foundStale(deliveryId);
      changed();
    },
    refused() {
      for (const deliveryId of frames.shift() ?? []) answered(deliveryId);
      changed();
    },
    online: forgetAll,
    offline: forgetAll,
    next() {
      if (acknowledgements.length > 0) {
        const deliveryIds = acknowledgements.splice(0, CLIENT_LIMITS.maxFrameDeliveryIds);
        frames.push(deliveryIds);
        return { case: 'ack', value: { deliveryIds } };
      }
      const rejection = rejections.shift();
      if (rejection === undefined) return extensionDue ? nextExtension() : undefined;
      frames.push([rejection.deliveryId]);
      return rejectFrame(rejection);
    },
  };
}

function rejectFrame({ deliveryId, disposition }: Rejection): ClientFrame {
  const what =
    disposition.kind === 'drop'
      ? ({ case: 'drop', value: true } as const)
      : ({ case: 'requeueDelay', value: durationFromMs(requeueDelay(disposition.delayMs)) } as const);
  return {
    case: 'reject',
    value: { deliveryIds: [deliveryId], disposition: what, reason: withinBytes(disposition.reason, 1_024) },
  };
}

/** The nearest delay that the contract allows: whole milliseconds up to a day; none for what is no number. */
function requeueDelay(delayMs: number): number {
  return Math.round(Math.min(Math.max(delayMs || 0, 0), 24 * 3_600_000));
}

/** Cuts a text to what the contract allows. */
function withinBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
