import type { JetStreamAdmin } from './jetstream-admin.ts';

/** The names that the load and the peer agree on. */
export function mailboxOf(run: string, pair: number): { stream: string; subject: string; consumer: string } {
  return { stream: `mail-${run}-${pair}`, subject: `mail.${run}.${pair}`, consumer: 'agent' };
}

/**
 * Makes one stream for each recipient, with one durable consumer, which acknowledges each message by itself. A stream of its own is faster here than
 * a consumer each on one stream that all share, because a stream writes one message after the other. `workqueue` removes a
 * message once it is acknowledged, as a mailbox does.
 */
export async function makeMailboxes(
  admin: JetStreamAdmin,
  { run, pairs, most }: { run: string; pairs: number; most: number },
): Promise<void> {
  for (let pair = 0; pair < pairs; pair++) {
    const { stream, subject, consumer } = mailboxOf(run, pair);
    await admin.call(`STREAM.CREATE.${stream}`, {
      name: stream,
      subjects: [subject],
      storage: 'file',
      retention: 'workqueue',
      num_replicas: 1,
      max_bytes: -1,
      max_msgs: -1,
    });
    await admin.call(`CONSUMER.DURABLE.CREATE.${stream}.${consumer}`, {
      stream_name: stream,
      config: {
        durable_name: consumer,
        ack_policy: 'explicit',
        deliver_policy: 'all',
        replay_policy: 'instant',
        // The bus has no such bound below its window either; the default of 1,000 would be one here.
        max_ack_pending: most * 2,
      },
    });
  }
}

/** Names of all mailboxes that are there. */
export async function listMailboxes(admin: JetStreamAdmin): Promise<readonly string[]> {
  const { streams } = await admin.call('STREAM.NAMES');
  return (streams as readonly string[] | null) ?? [];
}

/** Messages in a mailbox that are not acknowledged for good. */
export async function depthOf(admin: JetStreamAdmin, stream: string): Promise<number> {
  const { state } = (await admin.call(`STREAM.INFO.${stream}`)) as { state: { messages: number } };
  return state.messages;
}
