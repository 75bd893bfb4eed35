import type { AgentbusError } from '../../../src/client/errors.ts';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { acceptedSince, type MessageFacts, nameOf, type SendFact } from '../ledger/message-facts.ts';

/** One message on its way, for the first time or again. */
export interface Sending {
  readonly message: MessageFacts;
  /** Not 0 for other content under an id that is taken. */
  readonly variant: number;
  readonly asked: SendFact;
}

/**
 * What one writer sends, over all runs of the bus. What is unknown is said again first, in the order in which it was said
 * before, so that the order of a sender's messages is the same whether or not the bus died in between.
 */
export interface Sender {
  /** Messages without an answer, oldest first. */
  unknown(): MessageFacts[];
  /** What to send next: mostly a new message, sometimes one that was accepted long ago, sometimes other content under its id. */
  next(): Pick<Sending, 'message' | 'variant'>;
  /** It is about to be sent. */
  begin(message: MessageFacts, variant?: number): Sending;
  accepted(sending: Sending, answer: { readonly duplicate: boolean; readonly acceptedAt: number }): void;
  /** The bus said no. Throws the error if it leaves open whether the message was accepted. */
  refused(sending: Sending, error: AgentbusError): void;
}

export interface SenderOptions {
  readonly agentId: string;
  readonly mailboxes: readonly [string, ...string[]];
  readonly ledger: Ledger;
  readonly choices: Choices;
}

/** Accepted messages that a writer remembers for saying them again: some of the oldest are always among them. */
const REMEMBERED = 500;

const PRIORITIES = [1, 2, 2, 2, 3, 4] as const;

export function createSender({ agentId, mailboxes, ledger, choices }: SenderOptions): Sender {
  const unanswered = new Map<string, MessageFacts>();
  const remembered: MessageFacts[] = [];
  let made = 0;
  let accepted = 0;

  const make = (): MessageFacts =>
    ledger.addMessage({
      sender: agentId,
      messageId: `m-${++made}`,
      recipient: choices.pick(mailboxes),
      priority: choices.pick(PRIORITIES),
      size: sizeOf(choices),
    });
  /** A fair sample of everything that was accepted so far. */
  const remember = (message: MessageFacts): void => {
    accepted++;
    if (remembered.length < REMEMBERED) remembered.push(message);
    else if (choices.chance(REMEMBERED / accepted)) remembered[choices.int(0, REMEMBERED - 1)] = message;
  };
  return {
    unknown: () => [...unanswered.values()],
    next() {
      const [first, ...others] = remembered;
      if (first === undefined || !choices.chance(0.1)) return { message: make(), variant: 0 };
      return { message: choices.pick([first, ...others]), variant: choices.chance(0.25) ? 1 : 0 };
    },
    begin(message, variant = 0) {
      const asked: SendFact = ledger.ask({});
      if (variant === 0) {
        message.sends.push(asked);
        if (acceptedSince(message) === undefined) unanswered.set(message.messageId, message);
        ledger.changed(message);
      }
      return { message, variant, asked };
    },
    accepted({ message, variant, asked }, { duplicate, acceptedAt }) {
      ledger.confirm(asked);
      if (variant !== 0) {
        const text = 'other content was accepted under an id that is on record';
        ledger.report({ kind: 'reused id accepted', text, subject: nameOf(message), evidence: { asked, message } });
        return;
      }
      asked.answer = duplicate ? 'duplicate' : 'accepted';
      asked.acceptedAt = acceptedAt;
      if (unanswered.delete(message.messageId)) remember(message);
      ledger.changed(message);
    },
    refused({ message, variant, asked }, error) {
      if (leavesOpen(error)) throw error;
      ledger.refuse(asked);
      if (variant === 0) unanswered.delete(message.messageId);
      if (error.reason === (variant === 0 ? 'MAILBOX_FULL' : 'MESSAGE_ID_REUSED')) return;
      const text = `a message was refused with ${error.reason}: ${error.message}`;
      ledger.report({ kind: 'call failed', text, subject: nameOf(message), evidence: { asked, message } });
    },
  };
}

/** Whether nobody can say if a call that failed so took effect. */
export function leavesOpen(error: AgentbusError): boolean {
  return ['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'INTERNAL'].includes(error.code);
}

/** Most messages are small, some fill pages of the database, few are large. */
function sizeOf(choices: Choices): number {
  if (choices.chance(0.01)) return choices.int(100_000, 200_000);
  if (choices.chance(0.08)) return choices.int(4_000, 32_000);
  return choices.int(0, 800);
}
