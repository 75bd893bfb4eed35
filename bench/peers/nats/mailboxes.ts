import type { JetStreamAdmin } from './jetstream-admin.ts';

/** The names that the load and the peer agree on. */
export function mailboxOf(run: string, pair: number): { stream: string; subject: string; consumer: string } {
  return { stream: `mail-${run}-${pair}`, subject: `mail.${run}.${pair}`, consumer: 'agent' };
}

export interface MailboxOptions {
  readonly run: string;
  readonly pairs: number;
  /** Most deliveries that a recipient may hold. */
  readonly most: number;
  /** Whether an acknowledgement is one of all messages up to its own, or of its own alone. */
  readonly acknowledgesAll: boolean;
}

/**
 * Makes one stream for each recipient, with one durable consumer. Everything is as it costs the server least: nothing is removed when it
 * is acknowledged (`limits`; `workqueue` and `interest`, which do what a mailbox does, cost between a fifth more and twice as much), and where
 * batches are acknowledged one acknowledgement stands for all of them.
 */
export async function makeMailboxes(admin: JetStreamAdmin, options: MailboxOptions): Promise<void> {
  const { run, pairs, most, acknowledgesAll } = options;
  for (let pair = 0; pair < pairs; pair++) {
    const { stream, subject, consumer } = mailboxOf(run, pair);
    await admin.call(`STREAM.CREATE.${stream}`, {
      name: stream,
      subjects: [subject],
      storage: 'file',
      retention: 'limits',
      num_replicas: 1,
      max_bytes: -1,
      max_msgs: -1,
    });
    await admin.call(`CONSUMER.DURABLE.CREATE.${stream}.${consumer}`, {
      stream_name: stream,
      config: {
        durable_name: consumer,
        ack_policy: acknowledgesAll ? 'all' : 'explicit',
        deliver_policy: 'all',
        replay_policy: 'instant',
        // The default of 1,000 would be a bound below some windows.
        max_ack_pending: most,
      },
    });
  }
}

/** Names of all mailboxes that are there. */
export async function listMailboxes(admin: JetStreamAdmin): Promise<readonly string[]> {
  const { streams } = await admin.call('STREAM.NAMES');
  return (streams as readonly string[] | null) ?? [];
}

/** Messages of a mailbox that are not delivered or not acknowledged. */
export async function depthOf(admin: JetStreamAdmin, stream: string): Promise<number> {
  const { consumer } = mailboxOf('', 0);
  const info = (await admin.call(`CONSUMER.INFO.${stream}.${consumer}`)) as {
    num_pending: number;
    num_ack_pending: number;
  };
  return info.num_pending + info.num_ack_pending;
}
