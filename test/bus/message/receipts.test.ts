/** Goal: senders hear what they asked for, and nobody else anything. Method: the receipts alone, fed by hand. */
import { describe, expect, it } from 'vitest';
import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { createReceipts, type QueuedMessage, type ReceiptNews } from '../../../src/bus/message/receipts.ts';
import { tagOf } from '../../../src/bus/message/tags.ts';
import type { EndedMessage, Lease } from '../../../src/engine/engine.ts';
import { createFakeClock } from '../../fake-clock.ts';

const SENDER = 'claude-code://orchestrator';
const BACKEND = 'opencode://backend';
const QA = 'claude-code://qa';
const { QUEUED, DELIVERED, ACKNOWLEDGED, EXPIRED, DEAD_LETTERED, WITHDRAWN } = MessageState;
const ALL = tagOf({ isTask: true, receipts: [QUEUED, DELIVERED, ACKNOWLEDGED, EXPIRED, DEAD_LETTERED, WITHDRAWN] });

function open() {
  const clock = createFakeClock();
  let dropped = 0;
  const receipts = createReceipts({ clock, observer: { receiptDropped: () => dropped++ } });
  const listen = (agentId = SENDER) => {
    const heard: ReceiptNews[] = [];
    const stop = receipts.subscribe(agentId, (receipt) => heard.push(receipt) > 0);
    return { heard, stop };
  };
  /** Resolves when the message is in its mailboxes. */
  const queue = async (message: QueuedMessage) => {
    const durable = Promise.resolve();
    receipts.queued(message, durable);
    await durable;
  };
  return { clock, receipts, queue, listen, dropped: () => dropped };
}

function queued(tag: number, recipients: readonly string[] = [BACKEND]) {
  return { sender: SENDER, messageId: 'm-1', recipients, tag, acceptedAt: 1_000 };
}

function lease(tag: number, attempt = 1): Lease {
  const empty = { deliveryId: 'd-1', leaseExpiresAt: 0, priority: 2, acceptedAt: 0, envelope: new Uint8Array() };
  return { ...empty, sender: SENDER, messageId: 'm-1', tag, attempt };
}

function ended(state: EndedMessage['state'], tag: number): EndedMessage {
  const end = { attempts: 3, reason: 'because', endedAt: 9_000 };
  return { sender: SENDER, messageId: 'm-1', recipient: BACKEND, state, tag, ...end };
}

describe('a sender that listens', () => {
  it('hears every turn of a message that it asked for, once', async () => {
    const { clock, receipts, queue, listen } = open();
    const { heard } = listen();
    const now = clock.now();
    await queue(queued(ALL));
    receipts.delivered(BACKEND, [lease(ALL, 2)]);
    clock.advance(5);
    await receipts.acknowledged(BACKEND, [{ sender: SENDER, messageId: 'm-1', tag: ALL, attempts: 2 }]);
    const fields = { messageId: 'm-1', recipient: BACKEND, reason: '' };
    expect(heard).toEqual([
      { ...fields, state: QUEUED, time: 1_000, attempt: 0 },
      { ...fields, state: DELIVERED, time: now, attempt: 2 },
      { ...fields, state: ACKNOWLEDGED, time: now + 5, attempt: 2 },
    ]);
  });

  it.each([
    { state: 'expired', shown: EXPIRED },
    { state: 'dead_lettered', shown: DEAD_LETTERED },
    { state: 'withdrawn', shown: WITHDRAWN },
  ] as const)('hears why a message ended otherwise: $state', ({ state, shown }) => {
    const { receipts, listen } = open();
    const { heard } = listen();
    receipts.ended(ended(state, ALL));
    expect(heard).toEqual([
      { messageId: 'm-1', recipient: BACKEND, state: shown, time: 9_000, attempt: 3, reason: 'because' },
    ]);
  });

  it('hears that a message is queued before all else, however soon it is delivered', async () => {
    const { receipts, listen } = open();
    const { heard } = listen();
    const { promise: durable, resolve } = Promise.withResolvers<void>();
    receipts.queued(queued(ALL, [BACKEND, QA]), durable);
    expect(heard).toEqual([]);
    resolve();
    receipts.delivered(BACKEND, [lease(ALL)]);
    await durable;
    const told = heard.map(({ recipient, state }) => `${recipient} ${MessageState[state]}`);
    expect(told).toEqual([`${BACKEND} QUEUED`, `${BACKEND} DELIVERED`, `${QA} QUEUED`]);
  });

  it('hears nothing of a message that did not get as far as the mailbox', async () => {
    const { receipts, listen } = open();
    const { heard } = listen();
    const durable = Promise.reject(new Error('the disk is full'));
    receipts.queued(queued(ALL), durable);
    await expect(durable).rejects.toThrow();
    receipts.ended(ended('expired', ALL));
    expect(heard.map(({ state }) => state)).toEqual([EXPIRED]);
  });

  it('hears of each copy', async () => {
    const { queue, listen } = open();
    const { heard } = listen();
    await queue(queued(ALL, [BACKEND, QA]));
    expect(heard.map(({ recipient }) => recipient)).toEqual([BACKEND, QA]);
  });

  it('hears nothing that it did not ask for', async () => {
    const { receipts, queue, listen } = open();
    const { heard } = listen();
    const tag = tagOf({ isTask: true, receipts: [ACKNOWLEDGED] });
    await queue(queued(tag));
    receipts.delivered(BACKEND, [lease(tag)]);
    for (const state of ['expired', 'dead_lettered', 'withdrawn'] as const) receipts.ended(ended(state, tag));
    expect(heard).toEqual([]);
    await receipts.acknowledged(BACKEND, [{ sender: SENDER, messageId: 'm-1', tag, attempts: 1 }]);
    expect(heard).toMatchObject([{ state: ACKNOWLEDGED }]);
  });
});

describe('listeners', () => {
  it('of the sender hear it, all of them, and nobody else does', async () => {
    const { queue, listen } = open();
    const [first, second, recipient] = [listen(), listen(), listen(BACKEND)];
    await queue(queued(ALL));
    expect([first, second, recipient].map(({ heard }) => heard.length)).toEqual([1, 1, 0]);
  });

  it('hear nothing after they stopped, whoever stops or comes', async () => {
    const { queue, listen } = open();
    const [first, second] = [listen(), listen()];
    first.stop();
    await queue(queued(ALL));
    second.stop();
    const third = listen();
    // Stopping twice must not take the place of those that came after it.
    first.stop();
    second.stop();
    await queue(queued(ALL));
    expect([first, second, third].map(({ heard }) => heard.length)).toEqual([0, 1, 1]);
  });

  it('that have no room are counted, and keep nothing from the others', async () => {
    const { receipts, queue, listen, dropped } = open();
    receipts.subscribe(SENDER, () => false);
    const { heard } = listen();
    await queue(queued(ALL));
    expect([heard.length, dropped()]).toEqual([1, 1]);
  });
});
