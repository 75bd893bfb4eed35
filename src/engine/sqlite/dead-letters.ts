import { SQLITE_LIMITS } from '../../limits.ts';
import type { DeadLetterQuery, DeadLetters, RedeliveredMessage, Redelivery } from '../engine.ts';
import { EngineError } from '../engine.ts';
import { formatDeadLetterId, parseDeadLetterId } from './dead-letter-id.ts';
import type { DeadLetterTotal } from './dead-letter-total.ts';
import { mailboxFull } from './mailbox-full.ts';
import { listDeadLetters } from './operations/list-dead-letters.ts';
import { purgeDeadLetters } from './operations/purge-dead-letters.ts';
import type { MeasuredDeadLetter, RedeliveredRow } from './operations/redeliver.ts';
import { measureDeadLetters, RETURNED, redeliver } from './operations/redeliver.ts';
import type { PendingMail } from './pending-mail.ts';
import type { Sequences } from './sequences.ts';
import type { StoreThread } from './store-thread.ts';

export interface DeadLettersOptions {
  readonly store: StoreThread;
  readonly pending: PendingMail;
  readonly sequences: Sequences;
  readonly total: DeadLetterTotal;
}

export function createDeadLetters({ store, pending, sequences, total }: DeadLettersOptions): DeadLetters {
  /** Keeps room for all of them, or for none. */
  const reserve = (agentId: string, found: readonly MeasuredDeadLetter[]): void => {
    const bytes = found.reduce((sum, { size }) => sum + size, 0);
    const room = pending.room(agentId, bytes, found.length);
    if (!room.ok) throw mailboxFull(agentId, room);
    for (const { size } of found) pending.reserve(agentId, size);
  };
  const putBack = (agentId: string, found: MeasuredDeadLetter, row: RedeliveredRow & { at: number }): void => {
    const { priority, tag, at } = row;
    const { size } = found;
    total.remove({ messages: 1, bytes: size });
    pending.add(agentId, {
      sequence: at,
      priority,
      size,
      expiresAt: Number.POSITIVE_INFINITY,
      availableAt: 0,
      tag,
      shared: 0,
      attempts: 0,
      returned: RETURNED,
    });
  };
  const move = (
    agentId: string,
    found: readonly MeasuredDeadLetter[],
    { acceptedAt, keepTagBits }: Redelivery,
  ): Promise<RedeliveredMessage[]> => {
    const newSequence = sequences.take(found.length);
    const request = { sequences: found.map(({ sequence }) => sequence), newSequence, acceptedAt, keepTagBits };
    return new Promise((resolve, reject) => {
      const done = (rows: (RedeliveredRow | undefined)[]): void => {
        const moved: RedeliveredMessage[] = [];
        for (const [index, one] of found.entries()) {
          const row = rows[index];
          // Another call, or retention, had it first.
          if (row === undefined) {
            pending.unreserve(agentId, one.size);
            continue;
          }
          const { sender, messageId } = row;
          putBack(agentId, one, { ...row, at: newSequence + index });
          moved.push({ deadLetterId: formatDeadLetterId(one.sequence), sender, messageId });
        }
        resolve(moved);
      };
      store.submit(redeliver, request, { done, failed: reject });
    });
  };
  return {
    async list({ agentId, after, limit, maxBytes }: DeadLetterQuery) {
      const from = after === undefined ? 0 : parseCursor(after);
      const { rows, more } = await store.call(listDeadLetters, { agentId, after: from, limit, maxBytes });
      const deadLetters = rows.map(({ sequence, ...row }) => ({ deadLetterId: formatDeadLetterId(sequence), ...row }));
      const last = deadLetters.at(-1);
      return more && last !== undefined ? { deadLetters, next: last.deadLetterId } : { deadLetters };
    },

    async redeliver(agentId, deadLetterIds, how) {
      const found = await store.call(measureDeadLetters, { agentId, sequences: parseIds(deadLetterIds) });
      store.assertOpen();
      if (found.length === 0) return [];
      reserve(agentId, found);
      return await move(agentId, found, how);
    },

    async purge(agentId, deadLetterIds) {
      const found = await store.call(measureDeadLetters, { agentId, sequences: parseIds(deadLetterIds) });
      let count = 0;
      for (const step of inSteps(found)) {
        const sequences = step.map(({ sequence }) => sequence);
        const purged = await store.call(purgeDeadLetters, { agentId, sequences });
        total.remove(purged);
        count += purged.messages;
      }
      return count;
    },

    total: () => total.get(),
  };
}

/** Cut so that messages that come meanwhile wait for one step, and not until a gigabyte is deleted. */
function inSteps(found: readonly MeasuredDeadLetter[]): MeasuredDeadLetter[][] {
  const { forgetStepRows, forgetStepBytes } = SQLITE_LIMITS;
  const steps: MeasuredDeadLetter[][] = [];
  let room = 0;
  for (const one of found) {
    room -= one.size;
    const last = steps.at(-1);
    if (last !== undefined && last.length < forgetStepRows && room >= 0) last.push(one);
    else {
      steps.push([one]);
      room = forgetStepBytes - one.size;
    }
  }
  return steps;
}

/** What the ids name, each once, in the order of acceptance. */
function parseIds(ids: readonly string[]): number[] {
  const sequences = ids.map(parseDeadLetterId).filter((sequence) => sequence !== undefined);
  return [...new Set(sequences)].sort((a, b) => a - b);
}

function parseCursor(cursor: string): number {
  const sequence = parseDeadLetterId(cursor);
  if (sequence !== undefined) return sequence;
  throw new EngineError('invalid_cursor', `"${cursor}" is not where a page of dead letters ended`);
}
