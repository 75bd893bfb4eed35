import { create, type UnknownField } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { type SendFrame, SendFrameSchema, type SendResult } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Backoff } from '../backoff.ts';
import { CLIENT_LIMITS } from '../client-limits.ts';
import { AgentbusError } from '../errors.ts';
import type { Lane } from './lane.ts';

/** What the bus said to a sent message. */
export interface SendOutcome {
  readonly messageId: string;
  /** Whether it was on disk already, under the same id and with the same content. */
  readonly duplicate: boolean;
  /** Since when it is on disk, by the clock of the bus. */
  readonly acceptedAt: Date | undefined;
  /** The agents whose mailboxes it went to, in the order of the roster. */
  readonly recipients: readonly string[];
}

/** Messages that the bus has not answered yet, on whichever stream. */
export interface PendingSends extends Lane {
  readonly size: number;
  /** Resolves when the bus has the message on disk; `bytes` is the encoded envelope. */
  send(messageId: string, bytes: Uint8Array): Promise<SendOutcome>;
  /** Answers of the bus. */
  settle(results: readonly SendResult[]): void;
  /** The agent has left for good: nobody will answer. */
  fail(error: AgentbusError): void;
}

interface Pending {
  readonly messageId: string;
  readonly bytes: Uint8Array;
  readonly resolve: (outcome: SendOutcome) => void;
  readonly reject: (error: AgentbusError) => void;
}

/** What {@link createPendingSends} works with. */
export interface PendingSendsOptions {
  readonly clock: Clock;
  /** Waits before a message goes again that the bus could not take just then. */
  readonly backoff: Backoff;
  /** There is something to say, or nothing is left. */
  changed(): void;
}

/**
 * Keeps every message until it is answered, and says all of them again, with the same bytes, on each new
 * stream: what was on disk already comes back as a duplicate.
 */
export function createPendingSends({ clock, backoff, changed }: PendingSendsOptions): PendingSends {
  const pending = new Map<string, Pending>();
  /** Messages that the bus could not take just then. */
  const postponed = new Set<Pending>();
  let timer: Timer | undefined;
  let queue: Pending[] = [];
  let totalBytes = 0;

  function forget(messageId: string): Pending | undefined {
    const entry = pending.get(messageId);
    if (entry === undefined) return undefined;
    pending.delete(messageId);
    totalBytes -= entry.bytes.byteLength;
    return entry;
  }

  function settleOne({ messageId, outcome }: SendResult): void {
    const entry = pending.get(messageId);
    if (entry === undefined) return;
    if (outcome.case === 'error' || outcome.case === undefined) {
      const error = AgentbusError.fromStatus(
        outcome.value ?? { code: 13, message: 'the bus left the outcome out of its answer' },
      );
      if (error.code === 'UNAVAILABLE') repeatLater(entry);
      else forget(messageId)?.reject(error);
      return;
    }
    backoff.reset();
    const { acceptedTime, recipients } = outcome.value;
    const acceptedAt = acceptedTime && timestampDate(acceptedTime);
    forget(messageId)?.resolve({ messageId, duplicate: outcome.case === 'duplicate', acceptedAt, recipients });
  }

  function repeatLater(entry: Pending): void {
    postponed.add(entry);
    timer ??= clock.setTimer(() => {
      timer = undefined;
      queue.push(...postponed);
      postponed.clear();
      changed();
    }, backoff.next());
  }

  function repeatNow(): void {
    timer?.cancel();
    timer = undefined;
    postponed.clear();
    queue = [...pending.values()];
  }

  return {
    get size() {
      return pending.size;
    },
    send(messageId, bytes) {
      return new Promise((resolve, reject) => {
        if (pending.has(messageId)) return reject(sameIdAtOnce(messageId));
        if (
          pending.size >= CLIENT_LIMITS.maxUnansweredSends ||
          totalBytes + bytes.byteLength > CLIENT_LIMITS.maxUnansweredBytes
        ) {
          return reject(tooManyUnanswered(pending.size));
        }
        const entry = { messageId, bytes, resolve, reject };
        pending.set(messageId, entry);
        totalBytes += bytes.byteLength;
        queue.push(entry);
        changed();
      });
    },
    settle(results) {
      for (const result of results) settleOne(result);
      changed();
    },
    fail(error) {
      for (const messageId of [...pending.keys()]) forget(messageId)?.reject(error);
      repeatNow();
    },
    online: repeatNow,
    offline() {},
    next() {
      if (queue.length === 0) return undefined;
      const count = countOfFrame(queue);
      return { case: 'send', value: sendFrame(queue.splice(0, count)) };
    },
  };
}

function countOfFrame(queue: readonly Pending[]): number {
  let bytes = 0;
  let count = 0;
  for (const entry of queue) {
    bytes += entry.bytes.byteLength;
    if (count > 0 && (count >= CLIENT_LIMITS.maxFrameMessages || bytes > CLIENT_LIMITS.maxFrameBytes)) break;
    count++;
  }
  return count;
}

/** Puts encoded envelopes into a frame as they are: the codec writes fields it does not know as raw bytes. */
function sendFrame(entries: readonly Pending[]): SendFrame {
  const frame = create(SendFrameSchema);
  const { number } = SendFrameSchema.field.messages;
  frame.$unknown = entries.map(({ bytes }): UnknownField => {
    return { no: number, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(bytes).finish() };
  });
  return frame;
}

function sameIdAtOnce(messageId: string): AgentbusError {
  return new AgentbusError({ code: 'ALREADY_EXISTS', message: `message ${messageId} is being sent already` });
}

function tooManyUnanswered(count: number): AgentbusError {
  return new AgentbusError({
    code: 'RESOURCE_EXHAUSTED',
    message: `${count} messages wait for the answer of the bus: wait for some before sending more`,
  });
}
