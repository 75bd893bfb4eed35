import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { acceptedSince, confirmedSettlement, type MessageFacts, maySettled, nameOf } from '../ledger/message-facts.ts';
import type { Violation, ViolationKind } from '../ledger/violation.ts';

/** What the bus says of a message in the end, as GetMessageStatus has it; one entry for each copy, none if it knows nothing of it. */
export interface FinalState {
  readonly state: MessageState;
  readonly recipient: string;
  readonly attempt: number;
}

/** Holds one message to where it must be once every mailbox was emptied. */
export function checkFinalState(message: MessageFacts, states: readonly FinalState[]): Violation[] {
  return [...findings(message, states)].map(({ kind, text }) => {
    const named = states.map((one) => ({ ...one, state: MessageState[one.state] }));
    return { kind, text, subject: nameOf(message), evidence: { message, states: named } };
  });
}

function* findings(
  message: MessageFacts,
  states: readonly FinalState[],
): Iterable<{ kind: ViolationKind; text: string }> {
  const accepted = acceptedSince(message) !== undefined;
  // Each time that its dead letter was delivered again there is one more, and the newest is where it is.
  const copy = states.at(-1);
  if (copy === undefined) {
    if (accepted) yield { kind: 'message lost', text: 'accepted, and the bus knows nothing of it' };
    else if (message.deliveries.length > 0)
      yield { kind: 'message lost', text: 'delivered, and the bus knows nothing of it' };
    return;
  }
  const redeliveries = message.settlements.filter(({ kind }) => kind === 'redeliver');
  const fewest = 1 + redeliveries.filter(({ confirmed }) => confirmed !== undefined).length;
  const most = 1 + redeliveries.filter(({ refused }) => refused === undefined).length;
  if (states.length < fewest)
    yield { kind: 'message lost', text: `${fewest} copies were made, ${states.length} are left` };
  if (states.length > most) yield { kind: 'repeat not recognized', text: `the bus has ${states.length} copies of it` };
  if (states.slice(0, -1).some(({ state }) => state !== MessageState.DEAD_LETTERED))
    yield { kind: 'wrong end', text: 'delivered again, though it was no dead letter' };
  if (copy.recipient !== message.recipient)
    yield { kind: 'message from nowhere', text: `the bus has it for ${copy.recipient}` };
  switch (copy.state) {
    case MessageState.ACKNOWLEDGED:
      if (!maySettled(message, 'acknowledge'))
        yield { kind: 'message lost', text: 'ACKNOWLEDGED, though its receiver acknowledged it never' };
      if (confirmedSettlement(message, 'drop') && most === 1)
        yield { kind: 'wrong end', text: 'ACKNOWLEDGED, though it was confirmed that it was dropped' };
      return;
    case MessageState.DEAD_LETTERED:
      if (confirmedSettlement(message, 'acknowledge'))
        yield { kind: 'wrong end', text: 'DEAD_LETTERED, though its acknowledgement was confirmed' };
      // Deliveries that were on their way when the bus was killed or a stream dropped arrived nowhere; the bus has counted them.
      if (!maySettled(message, 'drop') && copy.attempt < STORE_LIMITS.maxDeliveries)
        yield { kind: 'wrong end', text: `DEAD_LETTERED after ${copy.attempt} deliveries, though nobody dropped it` };
      return;
    case MessageState.WITHDRAWN:
      if (message.sessionId === undefined)
        yield { kind: 'message lost', text: 'WITHDRAWN, though it is no mail of a session' };
      return;
    case MessageState.QUEUED:
    case MessageState.DELIVERED:
      yield { kind: 'message stuck', text: `${MessageState[copy.state]} after every mailbox was emptied` };
      return;
    default:
      yield { kind: 'message lost', text: `${MessageState[copy.state]}, which nobody asked for` };
  }
}
