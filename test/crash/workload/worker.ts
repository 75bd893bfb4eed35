import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type Client, createClient } from '@connectrpc/connect';
import type { Delivery } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionService } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { AgentbusError } from '../../../src/client/errors.ts';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MessageFacts } from '../ledger/message-facts.ts';
import { type Actor, type BusRun, openTransport, type Protocol } from './bus-run.ts';
import type { Held, Receiver } from './receiver.ts';
import { askForChange } from './session-record.ts';
import { updateContext } from './update-context.ts';

export interface WorkerOptions {
  readonly agentId: string;
  readonly protocol: Protocol;
  readonly receiver: Receiver;
  readonly ledger: Ledger;
  readonly choices: Choices;
}

const LEASE_MS = 1_500;
/** What the bus itself writes: that a task is of no use any more. */
const BUS = 'agentbus://bus';

/**
 * Does the tasks of sessions. It acknowledges before it answers or after, and remembers in both cases what it owes: a task
 * that is acknowledged comes by mail no more, so an answer that is lost with the bus has to be said again, with the same id.
 */
export function createWorker(options: WorkerOptions): Actor {
  const { agentId, protocol, receiver, ledger, choices } = options;
  const owed = new Map<string, MessageFacts>();

  const answer = async (client: Client<typeof MessageService>, task: MessageFacts): Promise<void> => {
    const { sender: orchestrator, messageId, sessionId = '' } = task;
    const session = ledger.sessions.get(sessionId);
    if (session === undefined) throw new Error(`${messageId} is a task of no session`);
    const message = create(EnvelopeSchema, {
      messageId: `answer-${sessionId}-${messageId}`,
      sender: { agentId, sessionId },
      recipient: { target: { case: 'agentId', value: orchestrator } },
      messageType: MessageType.TASK_RESPONSE,
      correlationId: messageId,
      content: { case: 'payload', value: { done: messageId } },
    });
    const done = await askForChange(ledger, session, {
      kind: 'taskCompleted',
      subject: messageId,
      doneBefore: [],
      call: () => client.sendMessage({ message }),
    });
    owed.delete(messageId);
    // Its orchestrator did not wait for it.
    if (!(done instanceof AgentbusError) || done.reason === 'SESSION_ENDED') return;
    const text = `an answer was refused with ${done.reason}: ${done.message}`;
    ledger.report({ kind: 'call failed', text, subject: sessionId });
  };
  const acknowledge = async (client: Client<typeof MessageService>, held: readonly Held[]): Promise<void> => {
    const settlements = receiver.begin(held, 'acknowledge');
    const deliveryIds = held.map(({ deliveryId }) => deliveryId);
    const { staleDeliveryIds } = await client.acknowledgeMessages({ agentId, deliveryIds });
    receiver.answered(settlements, staleDeliveryIds);
  };
  /** Workers and orchestrators change the context for the same revisions; one of them is faster. */
  const note = async (
    client: Client<typeof SessionService>,
    { sessionId = '', messageId }: MessageFacts,
  ): Promise<void> => {
    const session = ledger.sessions.get(sessionId);
    if (session === undefined) return;
    const noted = await updateContext({ client, ledger, session, name: `note-${messageId}` });
    if (noted === 'done' || ['CONTEXT_REVISION_MISMATCH', 'SESSION_ENDED'].includes(noted.reason ?? '')) return;
    const text = `a note was refused with ${noted.reason}: ${noted.message}`;
    ledger.report({ kind: 'call failed', text, subject: sessionId });
  };
  const work = async (client: Client<typeof MessageService>, held: Held): Promise<void> => {
    // A worker that dies with its work undone: the lease runs out.
    if (choices.chance(0.05)) return;
    owed.set(held.message.messageId, held.message);
    if (choices.chance(0.5)) {
      await answer(client, held.message);
      await acknowledge(client, [held]);
      return;
    }
    await acknowledge(client, [held]);
    await answer(client, held.message);
  };
  return {
    name: agentId,
    async run(bus) {
      const transport = openTransport(bus, agentId, protocol);
      const client = createClient(MessageService, transport);
      const sessions = createClient(SessionService, transport);
      for (const task of owed.values()) await answer(client, task);
      while (!bus.gone.aborted && !bus.finish.aborted) {
        const deliveries = await receive(client, agentId);
        const news = deliveries.filter((delivery) => isNews(delivery));
        if (news.length > 0) {
          await client.acknowledgeMessages({ agentId, deliveryIds: news.map(({ deliveryId }) => deliveryId) });
        }
        const tasks = deliveries.filter((delivery) => !isNews(delivery));
        for (const held of receiver.take(tasks, source(bus))) {
          if (choices.chance(0.4)) await note(sessions, held.message);
          await work(client, held);
        }
      }
    },
  };
}

async function receive(client: Client<typeof MessageService>, agentId: string): Promise<Delivery[]> {
  const { deliveries } = await client.receiveMessages({
    agentId,
    maxMessages: 4,
    wait: durationFromMs(300),
    lease: durationFromMs(LEASE_MS),
  });
  return deliveries;
}

function isNews({ message }: Delivery): boolean {
  return message?.sender?.agentId === BUS;
}

function source(bus: BusRun) {
  return { bus, leaseMs: LEASE_MS, connection: 0 };
}
