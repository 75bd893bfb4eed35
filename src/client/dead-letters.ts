import type { Client } from '@connectrpc/connect';
import { DeadLetterSchema } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import type { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { pages } from './pages.ts';
import { toPlain } from './plain.ts';
import type { DeadLetter } from './records.ts';

/**
 * The messages that the bus gave up delivering, by the agent whose mailbox they were in: the key must be allowed to speak
 * as that agent.
 */
export interface DeadLetters {
  /** In the order in which their messages were accepted, fetched page by page. */
  list(agentId: string): AsyncGenerator<DeadLetter, void, undefined>;
  /**
   * Puts 1 to 1,000 of them back into the mailbox, behind all that waits there, all or none: rejects with MAILBOX_FULL. A task
   * comes back as a plain message. Resolves with their number; ids that name none are not counted, nor are those that
   * an earlier try put back whose answer was lost.
   */
  redeliver(agentId: string, deadLetterIds: readonly string[]): Promise<number>;
  /** Deletes 1 to 1,000 of them. Resolves with their number, counted in the same way. */
  purge(agentId: string, deadLetterIds: readonly string[]): Promise<number>;
}

/** Makes them of the calls that they are. */
export function createDeadLetters(messages: Client<typeof MessageService>): DeadLetters {
  return {
    list: (agentId) =>
      pages(async (pageToken) => {
        const { deadLetters, nextPageToken } = await messages.listDeadLetters({ agentId, pageToken });
        return { items: deadLetters.map((item) => toPlain(DeadLetterSchema, item)), nextPageToken };
      }),
    async redeliver(agentId, deadLetterIds) {
      return (await messages.redeliverDeadLetters({ agentId, deadLetterIds: [...deadLetterIds] })).redelivered;
    },
    async purge(agentId, deadLetterIds) {
      return (await messages.purgeDeadLetters({ agentId, deadLetterIds: [...deadLetterIds] })).purged;
    },
  };
}
