import type { MessageRecord, MessageRecords } from '../engine.ts';
import { DEAD_LETTERED, EXPIRED, WITHDRAWN } from './operations/end-messages.ts';
import type { StoredRecord } from './operations/find-records.ts';
import { findRecords } from './operations/find-records.ts';
import { readKeptEnvelope } from './operations/kept-envelope.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

export function createMessageRecords(store: StoreThread, pending: PendingMail): MessageRecords {
  return {
    async find(keys) {
      store.assertOpen();
      return await new Promise((resolve, reject) => {
        // At once, and not a microtask later: an ending that follows in the same batch would have emptied the memory.
        const done = (found: StoredRecord[][]): void =>
          resolve(found.map((records) => records.map((record) => toMessageRecord(record, pending))));
        store.submit(findRecords, keys, { done, failed: reject });
      });
    },
    envelope: (key) => store.call(readKeptEnvelope, key),
  };
}

/** The disk knows what became of a message that is gone, the memory how one that is not is doing. */
function toMessageRecord(record: StoredRecord, pending: PendingMail): MessageRecord {
  const { sender, messageId, recipient, fingerprint, acceptedAt, attempts, reason } = record;
  const known = { sender, messageId, recipient, fingerprint, acceptedAt };
  const mailbox = pending.find(recipient);
  const parked = mailbox?.ready.findParked(record.sequence);
  if (parked !== undefined) return { ...known, state: 'queued', attempts: parked.attempts, changedAt: acceptedAt };
  const entry = mailbox?.entries.get(record.sequence);
  if (entry !== undefined) {
    if (entry.state === 'leased')
      return { ...known, state: 'delivered', attempts: entry.attempts + 1, changedAt: entry.leasedAt };
    return { ...known, state: 'queued', attempts: entry.attempts, changedAt: acceptedAt };
  }
  const changed = record.outcomeAt === undefined ? {} : { changedAt: record.outcomeAt };
  if (record.outcome === EXPIRED) return { ...known, ...changed, state: 'expired', attempts };
  if (record.outcome === DEAD_LETTERED) return { ...known, ...changed, state: 'dead_lettered', attempts, reason };
  if (record.outcome === WITHDRAWN) return { ...known, ...changed, state: 'withdrawn', attempts, reason };
  if (recipient === '') return { ...known, state: 'acknowledged', attempts, changedAt: acceptedAt };
  return { ...known, state: 'acknowledged', attempts: Math.max(attempts, 1) };
}
