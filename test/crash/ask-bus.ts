import { type Client, createClient } from '@connectrpc/connect';
import { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import type { DeadLetter } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { MessageState } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { AgentbusError } from '../../src/client/errors.ts';
import { checkDeadLetters } from './checks/dead-letter-check.ts';
import { checkFinalState, type FinalState } from './checks/final-state-check.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { MessageFacts } from './ledger/message-facts.ts';
import type { SessionFacts } from './ledger/session-facts.ts';
import type { Violation } from './ledger/violation.ts';
import { type BusRun, openTransport } from './workload/bus-run.ts';
import { recordEvent } from './workload/session-record.ts';

/** Calls that are under way together. */
const TOGETHER = 64;

/** Messages in the mailboxes that are not settled. */
export async function queuedMessages(bus: BusRun, mailboxes: readonly string[]): Promise<number> {
  const client = createClient(AgentService, openTransport(bus, 'crash://auditor', 'connect'));
  const agents = await Promise.all(mailboxes.map((agentId) => client.getAgent({ agentId })));
  return agents.reduce((sum, { agent }) => sum + Number(agent?.queuedMessages ?? 0), 0);
}

/** What the bus says in the end, held to what the clients know. */
export interface Answers {
  readonly violations: readonly Violation[];
  readonly deadLetters: number;
}

/** Asks what became of every message. All mailboxes must have been emptied. */
export async function askMessages(bus: BusRun, ledger: Ledger, mailboxes: readonly string[]): Promise<Answers> {
  const client = createClient(MessageService, openTransport(bus, 'crash://auditor', 'connect'));
  const violations: Violation[] = [];
  const dead = new Set<MessageFacts>();
  await eachOf(ledger.messages(), async (message) => {
    const states = await statesOf(client, message);
    violations.push(...checkFinalState(message, states));
    if (states.at(-1)?.state === MessageState.DEAD_LETTERED) dead.add(message);
  });
  const listed = await Promise.all(mailboxes.map((agentId) => deadLettersOf(client, agentId)));
  violations.push(...checkDeadLetters(listed.flat(), dead, ledger));
  return { violations, deadLetters: dead.size };
}

async function deadLettersOf(client: Client<typeof MessageService>, agentId: string): Promise<DeadLetter[]> {
  const all: DeadLetter[] = [];
  let pageToken = '';
  do {
    const { deadLetters, nextPageToken } = await client.listDeadLetters({ agentId, pageSize: 100, pageToken });
    all.push(...deadLetters);
    pageToken = nextPageToken;
  } while (pageToken !== '');
  return all;
}

async function statesOf(
  client: Client<typeof MessageService>,
  { sender, messageId }: MessageFacts,
): Promise<FinalState[]> {
  try {
    return (await client.getMessageStatus({ sender, messageId })).statuses;
  } catch (error) {
    if (AgentbusError.from(error).reason === 'MESSAGE_NOT_FOUND') return [];
    throw error;
  }
}

/** Reads every session again from its first event on, and holds it to what was seen of it. */
export async function askSessions(bus: BusRun, ledger: Ledger): Promise<Violation[]> {
  const violations: Violation[] = [];
  const members = new Map<string, Client<typeof SessionService>>();
  // Sessions are there for their members alone.
  const clientOf = (agentId: string): Client<typeof SessionService> => {
    const client = members.get(agentId) ?? createClient(SessionService, openTransport(bus, agentId, 'connect'));
    members.set(agentId, client);
    return client;
  };
  await eachOf(ledger.sessions.values(), async (facts: SessionFacts) => {
    const { sessionId } = facts;
    const client = clientOf(facts.orchestrator);
    let after = 0;
    for (;;) {
      const { events } = await client.listSessionEvents({ sessionId, afterSequence: BigInt(after), pageSize: 1_000 });
      if (events.length === 0) break;
      for (const event of events) {
        if (Number(event.sequence) !== ++after) {
          const text = `event ${after} is missing in the list of events`;
          violations.push({ kind: 'sequence broken', text, subject: sessionId });
          after = Number(event.sequence);
        }
        recordEvent(ledger, facts, event);
      }
    }
    // Looked at once more, as a whole.
    facts.settled = false;
    const { session } = await client.getSession({ sessionId });
    const isWhole = Number(session?.lastSequence) === facts.lastSequence && facts.lastSequence === facts.events.size;
    if (isWhole && session?.state === SessionState.COMPLETED) return;
    const text = `the session is in state ${session?.state} at ${session?.lastSequence}, and ${facts.events.size} events were seen`;
    violations.push({ kind: 'change missing', text, subject: sessionId, evidence: facts });
  });
  return violations;
}

async function eachOf<T>(items: Iterable<T>, act: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
}
