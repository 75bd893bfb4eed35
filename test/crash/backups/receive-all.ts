import { setTimeout as elapse } from 'node:timers/promises';
import { callJson } from '../../call-json.ts';
import type { BusProcess } from '../../start-bus-process.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { nameOf } from '../ledger/message-facts.ts';
import type { Violation, ViolationKind } from '../ledger/violation.ts';
import type { Copy } from './read-copy.ts';

/** Longest time for everything to come: mail that was put back with a delay becomes available some seconds later. */
const PATIENCE_MS = 30_000;

/**
 * Receives what a bus on a copy delivers, and holds it to what waited there: all of it, nothing else, and every
 * delivery says that it may not be the first. Only mailboxes that the ledger knows are looked at.
 */
export async function checkDeliveries(bus: BusProcess, copy: Copy, ledger: Ledger): Promise<Violation[]> {
  const violations: Violation[] = [];
  const mailboxes = new Set([...ledger.messages()].map(({ recipient }) => recipient));
  const waiting = new Set(
    [...copy.messages]
      .filter(([, { state, recipient }]) => state === 'waits' && mailboxes.has(recipient))
      .map(([name]) => name),
  );
  const report = (kind: ViolationKind, subject: string, text: string): void =>
    void violations.push({ kind, subject, text });
  const deadline = Date.now() + PATIENCE_MS;
  while (waiting.size > 0 && Date.now() < deadline) {
    for (const agentId of mailboxes) {
      for (const { name, because } of await receive(bus, agentId)) {
        if (!waiting.delete(name))
          report('message from nowhere', name, 'delivered by a restored bus where it does not wait');
        if (because !== 'REDELIVERY_REASON_BUS_RESTARTED')
          report('unmarked duplicate', name, `delivered by a restored bus with the reason ${because}`);
      }
    }
    if (waiting.size > 0) await elapse(100);
  }
  for (const name of waiting) report('message lost', name, 'waits in a backup, and a bus on it does not deliver it');
  return violations;
}

interface Received {
  readonly name: string;
  readonly because: string;
}

/** Everything that is available in a mailbox; it stays leased. */
async function receive({ address, apiKey }: BusProcess, agentId: string): Promise<Received[]> {
  const received: Received[] = [];
  for (;;) {
    const body = { agent_id: agentId, max_messages: 1_000, lease: '600s' };
    const { status, body: answer } = await callJson({
      address,
      apiKey,
      method: 'MessageService/ReceiveMessages',
      body,
    });
    if (status !== 200) throw new Error(`a restored bus does not deliver: ${JSON.stringify(answer)}`);
    const deliveries: DeliveryJson[] = answer.deliveries ?? [];
    if (deliveries.length === 0) return received;
    for (const { message, redelivered_because } of deliveries) {
      const name = nameOf({ sender: message.sender.agent_id, messageId: message.message_id });
      received.push({ name, because: redelivered_because ?? 'REDELIVERY_REASON_UNSPECIFIED' });
    }
  }
}

interface DeliveryJson {
  readonly message: { readonly message_id: string; readonly sender: { readonly agent_id: string } };
  readonly redelivered_because?: string;
}
