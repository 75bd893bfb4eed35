import { channel } from 'node:diagnostics_channel';

/**
 * The moments between which the state of the bus moves on: right before something becomes true, and right after. Each
 * says what a process that dies there leaves behind. Whoever wants to be there subscribes to the diagnostics channel
 * `agentbus.crash-point.<name>`; the crash tests do, and die. Nothing that ships subscribes.
 */
export const CRASH_POINTS = {
  'start.before-migration': 'The tables are of an older version, and untouched; nobody was served.',
  'start.migration-uncommitted': 'The tables are of the new version in a transaction that rolls back.',
  'start.after-migration': 'The tables are of the new version, whole; the next start finds nothing to do.',
  'start.epoch-uncommitted': 'This run has a number and nobody knows it; the next run may take the same one.',
  'start.after-epoch': 'This run is counted, and has handed nothing out.',
  'start.mail-loaded': 'All that waits was read; that mailboxes were in use before is still written down.',
  'start.sessions-loaded': 'Sessions are in memory; tasks were not yet compared with their mail.',
  'start.before-listen': 'All is in place, and nobody can have asked for anything.',

  'store.batch-received': 'Operations crossed to the store thread; none of them is true.',
  'store.transaction-begun': 'The same, with the lock of the writer taken.',
  'store.before-commit': 'All operations of a batch are done in a transaction that rolls back.',
  'store.after-commit': 'All of a batch is durable, and nobody knows: senders repeat what is on disk.',
  'store.replies-posted': 'The same, with the replies on their way between the threads.',
  'store.replies-arrived': 'The main thread has the replies; nothing in memory has followed them.',
  'store.replies-handled': 'Memory has followed, and what was waiting for the disk goes on; no byte has left.',

  'call.before-handler': 'A call was read and checked; nothing was done.',
  'call.before-response': 'What a call asked for is durable; its client does not know.',
  'call.after-response': 'The response was handed to the operating system; it may or may not have left the machine.',

  'stream.before-send-result': 'Messages are durable; their sender does not know.',
  'stream.after-send-result': 'The sender was told, as far as the connection took it.',
  'stream.before-delivery': 'Messages are leased, and their recipient has not seen them.',
  'stream.after-delivery': 'The recipient may have them, and nothing on disk says so but that its mailbox is in use.',
  'stream.before-settle-result': 'Settlements are durable; the recipient does not know.',
  'stream.after-settle-result': 'The recipient was told, as far as the connection took it.',
  'stream.before-session-event': 'Events are durable; this watcher has not seen them.',
  'stream.after-session-event': 'The watcher may have seen them; it resumes after the last one that it did.',

  'acknowledge.before-submit': 'An acknowledgement arrived and had no effect.',
  'acknowledge.durable':
    'The mail is gone; its tasks have heard of it or will at the next start. The recipient has no answer.',
  'reject.before-submit': 'A rejection arrived and had no effect.',
  'reject.durable': 'The message is back, or a dead letter; the recipient has no answer.',
  'extend.before-submit': 'An extension arrived and had no effect; the lease ends with the process anyway.',
  'extend.applied': 'The lease is longer in memory, and ends with the process.',

  'dead-letter.before-redelivery':
    'Somebody asked for dead letters to be delivered again; they are dead letters still.',
  'dead-letter.redelivered': 'They are back in their mailbox and dead letters no more; whoever asked has no answer.',
  'dead-letter.before-purge': 'Somebody asked for dead letters to be deleted; they are there.',
  'dead-letter.purged': 'They are gone; whoever asked has no answer.',

  'retention.before-step': 'One step of forgetting is due, and was not begun.',
  'retention.records-forgotten': 'Some old records of messages are gone; the walk through them starts anew.',
  'retention.dead-letters-forgotten': 'Some old dead letters are gone, and their count with them.',
  'retention.sessions-forgotten': 'Some ended sessions are gone; their events are there, and belong to nobody.',
  'retention.events-deleted': 'Some of the events that belong to nobody are gone.',
  'retention.space-given-back': 'The file is some pages shorter.',

  'session.before-watchers-told': 'Events are durable; nobody who follows the session was shown them.',
  'session.after-watchers-told': 'Those who follow the session were woken; nothing was written to them.',

  'stop.before-leases-return': 'Calls and streams have ended; the mail that they left unsettled is still leased.',
  'stop.leases-returned': 'The same on disk: what gives leases back is on its way there.',
  'stop.before-checkpoint': 'Leases went back and no mailbox is marked as in use, all of it durable, in the log.',
  'stop.after-checkpoint': 'The database is whole by itself, and its log is empty.',
  'stop.after-close': 'The database is closed; the lock of the directory is still held.',
} as const;

export type CrashPointName = keyof typeof CRASH_POINTS;

/** Name of the diagnostics channel of a point. */
export function crashPointChannel(name: CrashPointName): string {
  return `agentbus.crash-point.${name}`;
}

/**
 * Makes what is called whenever a point is reached. To be called once a batch, call or frame, and not once a message:
 * it costs some nanoseconds while nobody listens.
 */
export function crashPoint(name: CrashPointName): () => void {
  const listeners = channel(crashPointChannel(name));
  return () => {
    if (listeners.hasSubscribers) listeners.publish(name);
  };
}
