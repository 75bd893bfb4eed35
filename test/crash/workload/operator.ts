import { createClient } from '@connectrpc/connect';
import type { DeadLetter } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { MessageService } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MessageFacts, SettlementFact } from '../ledger/message-facts.ts';
import { type Actor, openTransport, pause } from './bus-run.ts';

export interface OperatorOptions {
  readonly mailboxes: readonly [string, ...string[]];
  readonly ledger: Ledger;
  readonly choices: Choices;
}

/** Looks at dead letters, has some of them delivered again, and purges others. One at a time, so that each answer is about one. */
export function createOperator({ mailboxes, ledger, choices }: OperatorOptions): Actor {
  const messageOf = ({ message }: DeadLetter): MessageFacts | undefined =>
    ledger.message({ sender: message?.sender?.agentId ?? '', messageId: message?.messageId ?? '' });
  const decide = async (
    { deadLetterId }: DeadLetter,
    message: MessageFacts,
    [kind, call]: ['redeliver' | 'purge', () => Promise<number>],
  ): Promise<void> => {
    const settlement: SettlementFact = ledger.ask({ kind, deliveryId: deadLetterId });
    message.settlements.push(settlement);
    ledger.changed(message);
    const done = await call();
    settlement.answeredAt = Date.now();
    if (done === 1) ledger.confirm(settlement);
    else ledger.refuse(settlement);
  };
  return {
    name: 'operator',
    async run(bus) {
      const client = createClient(MessageService, openTransport(bus, 'crash://operator', 'grpc'));
      while (bus.mode === 'work' && !bus.gone.aborted) {
        await pause(choices.spread(20, 1_000), bus.gone);
        const agentId = choices.pick(mailboxes);
        const { deadLetters } = await client.listDeadLetters({ agentId, pageSize: 20 });
        for (const letter of deadLetters) {
          const message = messageOf(letter);
          // The end of the run compares the lists with the ledger, and reports what nobody sent.
          if (message === undefined || !choices.chance(0.3)) continue;
          const request = { agentId, deadLetterIds: [letter.deadLetterId] };
          if (choices.chance(0.7)) {
            const redeliver = async () => (await client.redeliverDeadLetters(request)).redelivered;
            await decide(letter, message, ['redeliver', redeliver]);
          } else {
            const purge = async () => (await client.purgeDeadLetters(request)).purged;
            await decide(letter, message, ['purge', purge]);
          }
        }
      }
    },
  };
}
