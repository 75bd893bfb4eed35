import { MessageState, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Engine, EngineError, NewMessage } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { MESSAGE_LIMITS } from '../../limits.ts';
import { type Caller, maySpeakAs } from '../caller.ts';
import type { BusObserver } from '../observer.ts';
import { plainMail } from './decide-message.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { IncomingMessage } from './incoming.ts';
import { mailboxFull } from './mailbox-full.ts';
import type { SendOutcome, SendResult } from './messages.ts';
import type { Directory } from './recipients.ts';
import { earlierFrom, requireRepeat } from './repeats.ts';
import type { Turns } from './turns.ts';

/**
 * The short way of messages that mean nothing to a session or a task: many of them are one write, and nobody looks
 * whether they are repeats. The engine does when it writes them, and refuses those that are.
 */
export interface PlainSends {
  /**
   * Whether a message may go this way, if it goes at once. One that would be refused may not: a repeat of what was
   * accepted before is answered as such even if it would be refused today, and only the record knows.
   */
  takes(caller: Caller, message: IncomingMessage): boolean;
  /**
   * Sends messages that may go this way: `results` has what became of each, by its place in `messages`, when `done` is
   * called, which is not before this returns. Never throws.
   */
  send(run: PlainRun, results: SendResult[], done: () => void): void;
  /** Whether messages of a sender are on their way to disk. */
  underWay(sender: string): boolean;
}

/** The part of `messages` from one place to before another. */
export interface PlainRun {
  readonly caller: Caller;
  readonly messages: readonly IncomingMessage[];
  readonly from: number;
  readonly to: number;
}

export interface PlainSendsOptions {
  readonly engine: Pick<Engine, 'journal' | 'messages'>;
  /** Those of the long way. */
  readonly turns: Pick<Turns, 'isTaken'>;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly observer: BusObserver;
  readonly defaultTtlMs: number | undefined;
  /** Sends a message the long way. */
  sendLong(caller: Caller, message: IncomingMessage): Promise<SendOutcome>;
}

export function createPlainSends(options: PlainSendsOptions): PlainSends {
  const { engine, turns, directory, clock, observer, defaultTtlMs } = options;
  /** Writes that are not durable yet, by the senders that have messages in them. */
  const writes = new Map<string, number>();

  function toMail({ messages, from, to }: PlainRun): NewMessage[] {
    const now = clock.now();
    const mails: NewMessage[] = [];
    for (let place = from; place < to; place++) {
      const message = messages[place] as IncomingMessage;
      const { recipient } = message.head;
      const recipients = recipient.case === 'agentId' ? [recipient.value] : [];
      mails.push(plainMail({ message, fingerprint: fingerprintOf(message.bytes), recipients, now, defaultTtlMs }));
    }
    return mails;
  }

  /** Messages that come together are nearly always of one sender. */
  function countWrite(mails: readonly NewMessage[], change: 1 | -1): void {
    let counted = '';
    for (const { sender } of mails) {
      if (sender === counted) continue;
      counted = sender;
      const count = (writes.get(sender) ?? 0) + change;
      if (count === 0) writes.delete(sender);
      else writes.set(sender, count);
    }
  }

  function takeAccepted({ run, mails, refusals, results }: Settled): void {
    for (let index = 0; index < mails.length; index++) {
      if (refusals?.has(index)) continue;
      const { messageId, acceptedAt, recipients } = mails[index] as NewMessage;
      results[run.from + index] = { messageId, duplicate: false, acceptedAt, recipients };
    }
    const accepted = mails.length - (refusals?.size ?? 0);
    if (accepted > 0) observer.accepted?.(accepted);
  }

  /** What was refused is looked up: it may have been accepted before, and is a repeat then. */
  async function answerRefused(refused: readonly Refused[], caller: Caller): Promise<SendResult[]> {
    const found = await engine.messages.find(refused.map(({ mail }) => mail));
    return await Promise.all(
      refused.map(async ({ message, mail, refusal }, index): Promise<SendResult> => {
        const earlier = earlierFrom(found[index] ?? []);
        try {
          if (earlier !== undefined) {
            requireRepeat(message.head, mail.fingerprint, earlier);
            observer.duplicate?.();
            const { acceptedAt, recipients } = earlier;
            return { messageId: mail.messageId, duplicate: true, acceptedAt, recipients };
          }
          if (refusal.code === 'mailbox_full') throw fullMailboxOf(refusal);
          // It was on record when it was refused, and is forgotten by now: so it is no repeat any more.
          return await options.sendLong(caller, message);
        } catch (error) {
          return { error };
        }
      }),
    );
  }

  return {
    takes(caller, { head, bytes }) {
      return (
        isPlain(head.messageType) &&
        head.sessionId === '' &&
        head.recipient.case === 'agentId' &&
        // What a sender sent before is being decided: this follows it, and so must not overtake it.
        !turns.isTaken(head.sender) &&
        // Whoever wants to hear that a message is queued is told apart from the answer.
        !head.receipts.includes(MessageState.QUEUED) &&
        bytes.length <= MESSAGE_LIMITS.maxEnvelopeBytes &&
        (head.expiresAt === undefined || head.expiresAt > clock.now()) &&
        directory.isRegistered(head.recipient.value) &&
        maySpeakAs(caller, head.sender)
      );
    },
    send(run, results, done) {
      const mails = toMail(run);
      const end = (refused: readonly Refused[], answers: readonly SendResult[]): void => {
        for (const [index, { place }] of refused.entries()) results[place] = answers[index] as SendResult;
        done();
      };
      const settled = (refusals: Refusals): void => {
        countWrite(mails, -1);
        takeAccepted({ run, mails, refusals, results });
        if (refusals === undefined) {
          done();
          return;
        }
        const refused = [...refusals].map(([index, refusal]) => refusedOf({ run, mails, index, refusal }));
        answerRefused(refused, run.caller).then(
          (answers) => end(refused, answers),
          (error: unknown) =>
            end(
              refused,
              refused.map(() => ({ error })),
            ),
        );
      };
      const failed = (error: unknown): void => {
        countWrite(mails, -1);
        results.fill({ error }, run.from, run.to);
        done();
      };
      countWrite(mails, 1);
      try {
        engine.journal.accept(mails, { done: settled, failed });
      } catch (error) {
        queueMicrotask(() => failed(error));
      }
    },
    underWay: (sender) => writes.has(sender),
  };
}

interface Refused {
  readonly place: number;
  readonly message: IncomingMessage;
  readonly mail: NewMessage;
  readonly refusal: EngineError;
}

type Refusals = ReadonlyMap<number, EngineError> | undefined;

/** A run that is durable, but for what was refused. */
interface Settled {
  readonly run: PlainRun;
  readonly mails: readonly NewMessage[];
  readonly refusals: Refusals;
  readonly results: SendResult[];
}

interface RefusedOptions extends Pick<Settled, 'run' | 'mails'> {
  readonly index: number;
  readonly refusal: EngineError;
}

function refusedOf({ run, mails, index, refusal }: RefusedOptions): Refused {
  const place = run.from + index;
  return { place, message: run.messages[place] as IncomingMessage, mail: mails[index] as NewMessage, refusal };
}

/** Requests, answers and reports are about tasks, which have logs. */
function isPlain(messageType: MessageType): boolean {
  return (
    messageType !== MessageType.TASK_REQUEST &&
    messageType !== MessageType.TASK_RESPONSE &&
    messageType !== MessageType.STATUS_UPDATE
  );
}

function fullMailboxOf({ facts }: EngineError): Error {
  const { agentId, bound, limit, actual } = facts;
  return mailboxFull(String(agentId), { bound: String(bound), limit: Number(limit), actual: Number(actual) });
}
