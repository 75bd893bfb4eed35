import type { MessageRecord, MessageRecords } from '../engine.ts';
import { DEAD_LETTERED, EXPIRED } from './operations/end-messages.ts';
import type { StoredRecord } from './operations/find-records.ts';
import { findRecords } from './operations/find-records.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

export function createMessageRecords(store: StoreThread, pending: PendingMail): MessageRecords {
  return {
    async find(keys) {
      const records = await store.call(findRecords, keys);
      return records.map((record) => record && toMessageRecord(record, pending));
    },
  };
}

/** The disk knows what became of a message that is gone, the memory how one that is not is doing. */
function toMessageRecord(record: StoredRecord, pending: PendingMail): MessageRecord {
  const { sender, messageId, recipient, fingerprint, acceptedAt, attempts, reason } = record;
  const known = { sender, messageId, recipient, fingerprint, acceptedAt };
  const entry = pending.find(recipient)?.entries.get(record.sequence);
  if (entry !== undefined) {
    if (entry.state === 'leased')
      return { ...known, state: 'delivered', attempts: entry.attempts + 1, changedAt: entry.leasedAt };
    return { ...known, state: 'queued', attempts: entry.attempts, changedAt: acceptedAt };
  }
  const changed = record.outcomeAt === undefined ? {} : { changedAt: record.outcomeAt };
  if (record.outcome === EXPIRED) return { ...known, ...changed, state: 'expired', attempts };
  if (record.outcome === DEAD_LETTERED) return { ...known, ...changed, state: 'dead_lettered', attempts, reason };
  return { ...known, state: 'acknowledged', attempts: Math.max(attempts, 1) };
}
