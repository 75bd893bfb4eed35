/**
 * Goal: the checks of the crash loop find every kind of broken promise, and nothing where none is broken; a check that cannot
 * fail would say nothing. Method: ledgers written by hand, one course of events each, half of them impossible for a
 * bus that keeps its word.
 */
import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { DeadLetterSchema, RedeliveryReason } from '../../gen/ts/agentbus/v1/delivery_pb.js';
import { MessageState } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { SessionEventSchema } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { checkDeadLetters } from './checks/dead-letter-check.ts';
import { checkFinalState } from './checks/final-state-check.ts';
import { type Answer, createHistory, type History, LEASE_MS } from './history.ts';
import type { MessageFacts } from './ledger/message-facts.ts';
import type { SessionFacts } from './ledger/session-facts.ts';
import type { ViolationKind } from './ledger/violation.ts';
import { createVerifier } from './verify.ts';
import { envelopeOf } from './workload/message-content.ts';
import { recordEvent } from './workload/session-record.ts';

function kindsIn(tell: (history: History) => void): ViolationKind[] {
  const history = createHistory();
  tell(history);
  const verifier = createVerifier({ ledger: history.ledger, showsOrder: () => true });
  return [...new Set(verifier.verify().map(({ kind }) => kind))];
}

const { BUS_RESTARTED, LEASE_EXPIRED, REJECTED, UNSPECIFIED, STREAM_CLOSED } = RedeliveryReason;

/** A message that was accepted, and delivered once. */
function delivered(history: History) {
  const message = history.message();
  history.send(message, 'accepted');
  return { message, delivery: history.deliver(message) };
}

describe('nothing is found', () => {
  const courses: [string, (history: History) => void][] = [
    [
      'when a message is accepted, delivered and acknowledged',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'acknowledge', answer: 'confirmed' });
        history.restart();
        history.send(message, 'duplicate');
      },
    ],
    [
      'when a send without an answer turns out to have been accepted',
      (history) => {
        const message = history.message();
        history.send(message, undefined);
        history.restart();
        history.send(message, 'duplicate');
      },
    ],
    [
      'when a send without an answer turns out not to have been accepted',
      (history) => {
        const message = history.message();
        history.send(message, undefined);
        history.restart();
        history.send(message, 'accepted');
      },
    ],
    [
      'when an acknowledgement without an answer turns out not to have been taken',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'acknowledge', answer: undefined });
        history.restart();
        history.deliver(message, { because: BUS_RESTARTED });
      },
    ],
    [
      'when a rejected message comes back',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'requeue', answer: 'confirmed' });
        history.deliver(message, { because: REJECTED, attempt: 2 });
      },
    ],
    [
      'when a lease ran out, and its delivery arrives after the acknowledgement of the next one, on another connection',
      (history) => {
        const message = history.message();
        history.send(message, 'accepted');
        const second = history.deliver(message, { because: LEASE_EXPIRED, attempt: 2, leasedAt: 9_000 });
        history.settle(message, second, { kind: 'acknowledge', answer: 'confirmed' });
        history.deliver(message, { leasedAt: 8_000 });
      },
    ],
  ];
  test.each(courses)('%s', (_name, tell) => expect(kindsIn(tell)).toEqual([]));
});

describe('a broken promise is found', () => {
  const courses: [ViolationKind, string, (history: History) => void][] = [
    [
      'acknowledged message redelivered',
      'by the next run of the bus',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'acknowledge', answer: 'confirmed' });
        history.restart();
        history.deliver(message, { because: BUS_RESTARTED });
      },
    ],
    [
      'acknowledged message redelivered',
      'by the same run of the bus',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'acknowledge', answer: 'confirmed' });
        history.deliver(message, { because: LEASE_EXPIRED, attempt: 2 });
      },
    ],
    [
      'dropped message redelivered',
      'after a restart',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'drop', answer: 'confirmed' });
        history.restart();
        history.deliver(message, { because: BUS_RESTARTED });
      },
    ],
    [
      'unmarked duplicate',
      'that says nothing of a delivery before the restart',
      (history) => {
        const { message } = delivered(history);
        history.restart();
        history.deliver(message, { because: UNSPECIFIED });
      },
    ],
    [
      'unmarked duplicate',
      'whose attempt does not count the one before',
      (history) => {
        const { message, delivery } = delivered(history);
        history.settle(message, delivery, { kind: 'requeue', answer: 'confirmed' });
        history.deliver(message, { because: REJECTED, attempt: 1 });
      },
    ],
    [
      'redelivered without cause',
      'that blames a rejection',
      (history) => {
        const { message } = delivered(history);
        history.deliver(message, { because: REJECTED, attempt: 2 });
      },
    ],
    [
      'redelivered without cause',
      'that blames a restart',
      (history) => {
        const { message } = delivered(history);
        history.deliver(message, { because: BUS_RESTARTED, attempt: 2 });
      },
    ],
    [
      'redelivered without cause',
      'that blames the end of a stream',
      (history) => {
        const { message } = delivered(history);
        history.deliver(message, { because: STREAM_CLOSED, attempt: 2 });
      },
    ],
    [
      'redelivered without cause',
      'that blames a lease that goes on',
      (history) => {
        const { message, delivery } = delivered(history);
        const leasedAt = delivery.leasedAt + LEASE_MS / 2;
        history.deliver(message, { because: LEASE_EXPIRED, attempt: 2, leasedAt });
      },
    ],
    [
      'two receivers at once',
      'while the first one has the lease',
      (history) => {
        const { message, delivery } = delivered(history);
        const leasedAt = delivery.leasedAt + LEASE_MS / 2;
        history.deliver(message, { because: LEASE_EXPIRED, attempt: 2, leasedAt });
      },
    ],
    [
      'repeat not recognized',
      'because the message was forgotten',
      (history) => {
        const message = history.message();
        history.send(message, 'accepted');
        history.restart();
        history.send(message, 'accepted');
      },
    ],
    [
      'repeat not recognized',
      'because its time of acceptance changed',
      (history) => {
        const message = history.message();
        history.send(message, 'accepted', 1);
        history.send(message, 'duplicate', 2);
      },
    ],
    [
      'repeat not recognized',
      'because a first send is called a duplicate',
      (history) => history.send(history.message(), 'duplicate'),
    ],
    [
      'out of order',
      'between messages of one sender and priority',
      (history) => {
        const [first, second] = [history.message(), history.message()];
        for (const message of [first, second]) history.send(message, 'accepted');
        history.deliver(second);
        history.deliver(first);
      },
    ],
  ];
  test.each(courses)('%s, %s', (kind, _name, tell) => expect(kindsIn(tell)).toContain(kind));
});

describe('a dead letter', () => {
  /** Dropped, and then delivered again on somebody's word; with this answer to it. */
  const redelivered = (history: History, answer: Answer) => {
    const { message, delivery } = delivered(history);
    history.settle(message, delivery, { kind: 'drop', answer: 'confirmed' });
    history.settle(message, delivery, { kind: 'redeliver', answer });
    return message;
  };
  test.each<Answer>(['confirmed', undefined])('may come back after a redelivery that is %s', (answer) => {
    const tell = (history: History) =>
      void history.deliver(redelivered(history, answer), { because: REJECTED, attempt: 1 });
    expect(kindsIn(tell)).toEqual([]);
  });
  test('does not come back after a redelivery that was refused', () => {
    const tell = (history: History) => void history.deliver(redelivered(history, 'refused'), { because: REJECTED });
    expect(kindsIn(tell)).toContain('dropped message redelivered');
  });
  test('does not call itself a first delivery when it comes back', () => {
    const tell = (history: History) => void history.deliver(redelivered(history, 'confirmed'), { attempt: 1 });
    expect(kindsIn(tell)).toEqual(['unmarked duplicate']);
  });
  test('has a copy for each confirmed redelivery', () => {
    const message = redelivered(createHistory(), 'confirmed');
    const copy = { state: MessageState.DEAD_LETTERED, recipient: message.recipient, attempt: 1 };
    expect(checkFinalState(message, [copy, copy])).toEqual([]);
    expect(checkFinalState(message, [copy])).toMatchObject([{ kind: 'message lost' }]);
    expect(checkFinalState(message, [copy, copy, copy])).toMatchObject([{ kind: 'repeat not recognized' }]);
  });
});

describe('in the end', () => {
  type Settling = 'nothing' | 'acknowledge' | 'drop';
  const settled = (settling: Settling): MessageFacts => {
    const history = createHistory();
    const { message, delivery } = delivered(history);
    if (settling !== 'nothing') history.settle(message, delivery, { kind: settling, answer: 'confirmed' });
    return message;
  };
  const kinds = (message: MessageFacts, ...states: MessageState[]): ViolationKind[] => {
    const copies = states.map((state) => ({ state, recipient: message.recipient, attempt: 1 }));
    return checkFinalState(message, copies).map(({ kind }) => kind);
  };
  const { ACKNOWLEDGED, DEAD_LETTERED, EXPIRED, QUEUED, WITHDRAWN } = MessageState;

  test.each<[Settling, MessageState[], ViolationKind[]]>([
    ['acknowledge', [ACKNOWLEDGED], []],
    ['drop', [DEAD_LETTERED], []],
    ['acknowledge', [], ['message lost']],
    ['nothing', [ACKNOWLEDGED], ['message lost']],
    ['nothing', [QUEUED], ['message stuck']],
    ['nothing', [EXPIRED], ['message lost']],
    ['nothing', [WITHDRAWN], ['message lost']],
    ['nothing', [DEAD_LETTERED], ['wrong end']],
    ['acknowledge', [DEAD_LETTERED], ['wrong end', 'wrong end']],
    ['acknowledge', [ACKNOWLEDGED, ACKNOWLEDGED], ['repeat not recognized', 'wrong end']],
  ])('after %s, states %j are %j', (settling, states, expected) => {
    expect(kinds(settled(settling), ...states)).toEqual(expected);
  });

  test('a message that was never confirmed may be unknown to the bus', () => {
    const history = createHistory();
    const message = history.message();
    history.send(message, undefined);
    expect(kinds(message)).toEqual([]);
  });
});

test('dead letters that are not there, that are alive, or that are there twice are found', () => {
  const history = createHistory();
  const [listed, alive, missing] = [history.message(), history.message(), history.message()];
  const letter = (message: MessageFacts) =>
    create(DeadLetterSchema, { agentId: message.recipient, message: envelopeOf(message) });
  const check = (...letters: MessageFacts[]) =>
    checkDeadLetters(letters.map(letter), new Set([listed, missing]), history.ledger).map(({ kind }) => kind);
  expect(check(listed, missing)).toEqual([]);
  expect(check(listed)).toEqual(['message lost']);
  expect(check(listed, missing, missing)).toEqual(['wrong end']);
  expect(check(listed, missing, alive)).toEqual(['wrong end']);
});

describe('a session', () => {
  /** A session with one change of its context, from its creation to its end. */
  const told = (spoil: (history: History, session: SessionFacts) => void): ViolationKind[] =>
    kindsIn((history) => {
      const session = history.session();
      history.change(session, { kind: 'sessionCreated', subject: '' }, 'confirmed');
      history.event(session, { kind: 'sessionCreated' });
      history.change(session, { kind: 'sharedContextUpdated', subject: 'a', expectedRevision: 1 }, 'confirmed');
      history.event(session, { kind: 'sharedContextUpdated', subject: 'a', revision: 2 });
      spoil(history, session);
      history.change(session, { kind: 'sessionCompleted', subject: '' }, undefined);
      history.event(session, { kind: 'sessionCompleted' });
    });

  test('without a fault has none', () => expect(told(() => undefined)).toEqual([]));

  test.each<[ViolationKind, string, (history: History, session: SessionFacts) => void]>([
    ['sequence broken', 'a gap', (_, session) => session.events.delete(2)],
    [
      'change missing',
      'a confirmed task that is no event',
      (history, session) => history.change(session, { kind: 'taskDelegated', subject: 't' }, 'confirmed'),
    ],
    [
      'change from nowhere',
      'an event that nobody asked for',
      (history, session) => history.event(session, { kind: 'taskDelegated', subject: 't' }),
    ],
    [
      'change from nowhere',
      'an event of a change that was refused',
      (history, session) => {
        history.change(session, { kind: 'taskDelegated', subject: 't' }, 'refused');
        history.event(session, { kind: 'taskDelegated', subject: 't' });
      },
    ],
    [
      'change from nowhere',
      'a change that happened twice',
      (history, session) => history.event(session, { kind: 'sharedContextUpdated', subject: 'a', revision: 3 }),
    ],
    [
      'sequence broken',
      'a revision that was passed over',
      (history, session) => {
        history.change(session, { kind: 'sharedContextUpdated', subject: 'b', expectedRevision: 2 }, 'confirmed');
        history.event(session, { kind: 'sharedContextUpdated', subject: 'b', revision: 4 });
      },
    ],
    [
      'change from nowhere',
      'an update over one that its author did not know',
      (history, session) => {
        history.change(session, { kind: 'sharedContextUpdated', subject: 'b', expectedRevision: 1 }, 'confirmed');
        history.event(session, { kind: 'sharedContextUpdated', subject: 'b', revision: 3 });
      },
    ],
    ['sequence broken', 'events that were answered and are gone', (_, session) => (session.lastSequence = 9)],
  ])('%s: %s', (kind, _name, spoil) => expect(told(spoil)).toContain(kind));

  test('whose event is another one when it is read again is found', () => {
    const { ledger, session } = createHistory();
    const facts = session();
    const seen = create(SessionEventSchema, { sessionId: 'sess_a', sequence: 1n, actor: 'crash://lead' });
    recordEvent(ledger, facts, seen);
    recordEvent(ledger, facts, { ...seen });
    expect(ledger.violations).toEqual([]);
    recordEvent(ledger, facts, { ...seen, actor: 'crash://somebody' });
    expect(ledger.violations).toMatchObject([{ kind: 'event changed', subject: 'sess_a' }]);
  });
});
