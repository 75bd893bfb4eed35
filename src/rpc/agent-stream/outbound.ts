import type { Lease } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import { type Batch, bytesOfDelivery, canJoin, join, joinDelivery, newBatch } from './batch.ts';
import type { OutboundFrame, SendAnswer } from './frames.ts';

/**
 * The frames that wait for the writer of a stream. It is pulled: nothing leaves before
 * the client has room for it, and what waits meanwhile grows into fuller frames.
 */
export interface Outbound {
  /** Whether deliveries and events may be added. Answers always may: the reader bounds them. */
  readonly hasRoom: boolean;
  /** Whether the stream is over, for whatever reason. */
  readonly ended: boolean;
  /** Whether nothing waits. */
  readonly empty: boolean;
  /** Ids of deliveries that wait and were never written. */
  unsentDeliveries(): string[];
  /** A frame of its own. `onTaken` is called when the writer takes it, or when nobody will. */
  push(frame: SingleFrame, onTaken?: () => void): void;
  deliver(leases: readonly Lease[]): void;
  answer(results: readonly SendAnswer[], onTaken: () => void): void;
  /** Resolves when deliveries and events may be added again, or when the stream is over. */
  room(): Promise<void>;
  /** The next frame to write; undefined when the stream ends well. Rejects with the error that ends it. */
  next(): Promise<OutboundFrame | undefined>;
  /** The same without a promise: what waits, in order, up to about so many bytes, at least one frame if there is any. */
  take(maxBytes: number): OutboundFrame[];
  /** How the stream ended; undefined while it goes on. What waits is still to be written if it ended well. */
  readonly end: StreamEnd | undefined;
  /**
   * The writer wants more: calls `ready` once, at the end of a turn, when there is something to take or the stream has
   * ended. Until the writer wants more it counts as busy.
   */
  whenReady(ready: () => void): void;
  /** Ends well, after what waits. */
  finish(): void;
  /** Ends at once; what waits is dropped. The first error counts. */
  fail(error: unknown): void;
  /** Milliseconds since the writer took a frame and did not come back for more; 0 while it waits for one. */
  stalledMs(): number;
  /** Milliseconds since anything was taken. */
  idleMs(): number;
}

/** Frames that never share with others. */
export type SingleFrame = Exclude<OutboundFrame, { case: 'delivery' | 'sendResult' }>;

export type StreamEnd = { readonly failed: false } | { readonly failed: true; readonly error: unknown };

export function createOutbound(clock: Clock): Outbound {
  const queue: Batch[] = [];
  /** The last batch of each kind that others can still join. */
  const open = new Map<Batch['frame']['case'], Batch>();
  let queuedBytes = 0;
  let waitingForRoom: (() => void)[] = [];
  /** Wakes the writer that waits. */
  let writer: (() => void) | undefined;
  let wakePlanned = false;
  let takenAt = clock.now();
  let end: StreamEnd | undefined;

  const hasRoom = (): boolean => queuedBytes < STREAM_LIMITS.maxQueuedBytes || end !== undefined;
  const grantRoom = (): void => {
    if (!hasRoom()) return;
    const woken = waitingForRoom;
    waitingForRoom = [];
    for (const resolve of woken) resolve();
  };
  const takeBatch = (): Batch | undefined => {
    const batch = queue.shift();
    if (batch === undefined) return undefined;
    if (open.get(batch.frame.case) === batch) open.delete(batch.frame.case);
    queuedBytes -= batch.bytes;
    takenAt = clock.now();
    for (const onTaken of batch.onTaken) onTaken();
    grantRoom();
    return batch;
  };
  const wakeWriter = (): void => {
    wakePlanned = false;
    if (writer === undefined || (queue.length === 0 && end === undefined)) return;
    const wake = writer;
    writer = undefined;
    wake();
  };
  /** At the end of the turn: what else happens in it, such as the other results of one commit, shares the frame. */
  const planWake = (): void => {
    if (writer === undefined || wakePlanned) return;
    wakePlanned = true;
    setImmediate(wakeWriter);
  };
  const append = (batch: Batch): void => {
    queue.push(batch);
    open.set(batch.frame.case, batch);
  };
  const add = (batch: Batch): void => {
    if (end !== undefined) {
      for (const onTaken of batch.onTaken) onTaken();
      return;
    }
    const last = open.get(batch.frame.case);
    queuedBytes += batch.bytes;
    if (last !== undefined && canJoin(last, batch)) join(last, batch);
    else append(batch);
    planWake();
  };
  const deliver = (leases: readonly Lease[]): void => {
    if (end !== undefined) return;
    for (const lease of leases) {
      const bytes = bytesOfDelivery(lease);
      queuedBytes += bytes;
      if (!joinDelivery(open.get('delivery'), lease, bytes)) append(newBatch({ case: 'delivery', value: [lease] }));
    }
    planWake();
  };
  const next = (): Promise<OutboundFrame | undefined> => {
    if (end?.failed) return Promise.reject(end.error);
    if (queue.length > 0 || end !== undefined) return Promise.resolve(takeBatch()?.frame);
    return new Promise((resolve) => {
      writer = () => resolve(next());
    });
  };
  return {
    get hasRoom() {
      return hasRoom();
    },
    get ended() {
      return end !== undefined;
    },
    get empty() {
      return queue.length === 0;
    },
    unsentDeliveries: () =>
      queue.flatMap(({ frame }) => (frame.case === 'delivery' ? frame.value.map(({ deliveryId }) => deliveryId) : [])),
    push: (frame, onTaken) => add(newBatch(frame, onTaken)),
    deliver,
    answer: (results, onTaken) => add(newBatch({ case: 'sendResult', value: results }, onTaken)),
    room: () => (hasRoom() ? Promise.resolve() : new Promise((resolve) => waitingForRoom.push(resolve))),
    next,
    take(maxBytes) {
      const frames: OutboundFrame[] = [];
      let bytes = 0;
      while (bytes < maxBytes) {
        const batch = takeBatch();
        if (batch === undefined) break;
        frames.push(batch.frame);
        bytes += batch.bytes;
      }
      return frames;
    },
    get end() {
      return end;
    },
    whenReady(ready) {
      writer = ready;
      if (queue.length > 0 || end !== undefined) planWake();
    },
    finish() {
      end ??= { failed: false };
      grantRoom();
      planWake();
    },
    fail(error) {
      if (end?.failed) return;
      end = { failed: true, error };
      for (const batch of queue.splice(0)) for (const onTaken of batch.onTaken) onTaken();
      open.clear();
      queuedBytes = 0;
      grantRoom();
      planWake();
    },
    stalledMs: () => (writer === undefined ? clock.now() - takenAt : 0),
    idleMs: () => clock.now() - takenAt,
  };
}
