import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import type { IncomingMessage } from '../../../src/bus/message/incoming.ts';
import type { SendResult } from '../../../src/bus/message/messages.ts';
import { EngineError } from '../../../src/engine/engine.ts';
import {
  anybody,
  BACKEND,
  callerFor,
  FRONTEND,
  message,
  notificationsSession,
  type OpenBus,
  ORCHESTRATOR,
  openBus,
} from '../../open-bus.ts';
import { type CandidEngine, candidEngine } from './candid-engine.ts';

// Goal: messages that come together are each accepted once, in order, or refused by themselves, whichever way they go,
// and plain ones cost one write.
// Method: the real engine in memory behind one that counts, and that shows a message to nobody before it is durable. A
// message goes the long way while its sender has a turn, so a send that will be refused is put in front.

let open: OpenBus;
let engine: CandidEngine;
const counts = { accepted: 0, duplicate: 0 };
beforeEach(async () => {
  counts.accepted = counts.duplicate = 0;
  const observer = {
    accepted(count: number) {
      counts.accepted += count;
    },
    duplicate: () => void counts.duplicate++,
  };
  open = await openBus({
    observer,
    limits: { maxMailboxMessages: 100 },
    wrap: (real) => {
      engine = candidEngine(real);
      return engine;
    },
  });
  await open.bus.agents.register(anybody, create(AgentDescriptorSchema, { agentId: BACKEND }));
});
afterEach(() => open.bus.close());

const sendAll = (messages: readonly IncomingMessage[], caller = anybody): Promise<readonly SendResult[]> =>
  new Promise((resolve) => open.bus.messages.sendAll(caller, messages, resolve));
const sendOne = async (fields: Parameters<typeof message>[0]): Promise<SendResult> =>
  (await sendAll([message(fields)]))[0] as SendResult;
/** From now on until it is refused, what its sender sends goes the long way. */
const takeTurn = async (): Promise<void> => {
  await sendOne({ recipient: { target: { case: 'agentId', value: 'codex://nobody' } } });
};
const delivered = async (): Promise<string[]> => {
  const request = { agentId: BACKEND, instanceId: 'i', maxMessages: 100, waitMs: 0, leaseMs: 30_000 };
  const leases = await open.bus.deliveries.receive(anybody, { ...request, signal: new AbortController().signal });
  return leases.map(({ messageId }) => messageId);
};
const failed = (reason: string) => ({ error: expect.objectContaining({ reason }) });
const accepted = (messageId: string) => expect.objectContaining({ messageId, duplicate: false });
const repeated = (messageId: string) => expect.objectContaining({ messageId, duplicate: true, recipients: [BACKEND] });
const inSession = { agentId: ORCHESTRATOR, sessionId: 'sess_a' };

describe('plain messages', () => {
  test('of one call are one write, and nothing is looked up', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `m-${index}`);
    const results = await sendAll(ids.map((messageId) => message({ messageId })));
    expect(results).toEqual(ids.map(accepted));
    expect(engine.calls).toEqual({ accept: 1, commit: 0, find: 0 });
    expect(await delivered()).toEqual(ids);
    expect(counts).toEqual({ accepted: 50, duplicate: 0 });
  });

  test('sent alone go the same way', async () => {
    await open.bus.messages.send(anybody, message());
    expect(engine.calls).toEqual({ accept: 1, commit: 0, find: 0 });
  });

  test('have their results when they are durable, and never before the call returns', async () => {
    let results: readonly SendResult[] | undefined;
    const all = new Promise<void>((resolve) => {
      open.bus.messages.sendAll(anybody, [message({ messageId: 'm' })], (found) => {
        results = found;
        resolve();
      });
    });
    expect(results).toBeUndefined();
    await all;
    expect(await delivered()).toEqual(['m']);
  });

  test('none at all are answered too', async () => {
    expect(await sendAll([])).toEqual([]);
  });
});

describe('each by itself', () => {
  test('what is refused stands among what is accepted', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    const results = await sendAll(
      [
        message({ messageId: 'a' }),
        message({ messageId: 'b', recipient: { target: { case: 'agentId', value: 'codex://nobody' } } }),
        message({ messageId: 'c', sender: inSession }),
        message({ messageId: 'd', sender: { agentId: 'codex://stranger' } }),
        message({ messageId: 'e', content: { case: 'data', value: new Uint8Array(4_200_000) } }),
        message({ messageId: 'f', routing: { expiresAt: timestampFromMs(open.clock.now()) } }),
        message({ messageId: 'g', sender: { agentId: FRONTEND } }),
        message({ messageId: 'h' }),
      ],
      callerFor(ORCHESTRATOR, FRONTEND),
    );
    expect(results).toEqual([
      accepted('a'),
      failed('RECIPIENT_NOT_FOUND'),
      accepted('c'),
      failed('AGENT_NOT_ALLOWED'),
      failed('MESSAGE_TOO_LARGE'),
      failed('FIELD_INVALID'),
      accepted('g'),
      accepted('h'),
    ]);
    expect(counts).toEqual({ accepted: 4, duplicate: 0 });
  });

  test('a mailbox takes what fits, and its sender is told of the rest', async () => {
    const ids = Array.from({ length: 102 }, (_, index) => `m-${index}`);
    const results = await sendAll(ids.map((messageId) => message({ messageId })));
    expect(results.slice(0, 100)).toEqual(ids.slice(0, 100).map(accepted));
    const facts = { agent_id: BACKEND, bound: 'messages', limit: 100, actual: 101 };
    expect(results.slice(100)).toEqual(
      Array.from({ length: 2 }, () => ({ error: expect.objectContaining({ reason: 'MAILBOX_FULL', facts }) })),
    );
    expect(await delivered()).toEqual(ids.slice(0, 100));
  });

  test('a store that is closed fails each of them', async () => {
    await engine.close();
    expect(await sendAll([message(), message()])).toEqual([
      { error: expect.any(EngineError) },
      { error: expect.any(EngineError) },
    ]);
  });

  test('a store that fails while it writes fails each of them', async () => {
    engine.fail(new EngineError('failed', 'the disk is gone'));
    const error = expect.objectContaining({ code: 'failed' });
    expect(await sendAll([message(), message()])).toEqual([{ error }, { error }]);
    expect(counts.accepted).toBe(0);
  });
});

type Way = 'short' | 'long';
type Moment = 'in the same call' | 'while the first is written' | 'afterwards';

describe.each<[Way, Moment, Way]>([
  ['short', 'in the same call', 'short'],
  ['long', 'in the same call', 'long'],
  ['short', 'while the first is written', 'short'],
  ['short', 'while the first is written', 'long'],
  ['long', 'while the first is written', 'short'],
  ['long', 'while the first is written', 'long'],
  ['short', 'afterwards', 'short'],
  ['short', 'afterwards', 'long'],
  ['long', 'afterwards', 'short'],
  ['long', 'afterwards', 'long'],
])('a message that goes the %s way, and once more %s by the %s way', (first, moment, second) => {
  const other = { step: 'other' };
  const sendTwice = async (fields: object): Promise<readonly SendResult[]> => {
    const messages = [message({ messageId: 'm' }), message({ messageId: 'm', ...fields })] as const;
    if (first === 'long') void takeTurn();
    if (moment === 'in the same call') return await sendAll(messages);
    const one = sendAll([messages[0]]);
    if (moment === 'afterwards') await one;
    // The long way hands to the journal when its turn has come: the short way is open again from then on.
    else if (first === 'long') await engine.committing();
    if (second === 'long') void takeTurn();
    return [...(await Promise.all([one, sendAll([messages[1]])]))].flat();
  };

  test('is a duplicate', async () => {
    expect(await sendTwice({})).toEqual([accepted('m'), repeated('m')]);
    expect(await delivered()).toEqual(['m']);
    expect(counts).toEqual({ accepted: 1, duplicate: 1 });
    expect(engine.calls.accept > 0).toBe(first === 'short' || second === 'short');
    expect(engine.calls.commit > 0).toBe(first === 'long');
  });

  test('with other content is refused', async () => {
    expect(await sendTwice(other)).toEqual([accepted('m'), failed('MESSAGE_ID_REUSED')]);
    expect(await delivered()).toEqual(['m']);
  });
});

describe('a repeat', () => {
  test('many times in one call and in many is one message', async () => {
    const frames = Array.from({ length: 8 }, () =>
      sendAll(Array.from({ length: 8 }, () => message({ messageId: 'm' }))),
    );
    const results = (await Promise.all(frames)).flat();
    expect(results.filter((result) => !('error' in result) && !result.duplicate)).toHaveLength(1);
    expect(results.filter((result) => 'error' in result)).toEqual([]);
    expect(await delivered()).toEqual(['m']);
    expect(counts).toEqual({ accepted: 1, duplicate: 63 });
  });

  test('is told from a message that went into a session, even while that is written', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    const plain = sendAll([message({ messageId: 'm' })]);
    const inIt = sendAll([message({ messageId: 'm', sender: inSession })]);
    expect([...(await plain), ...(await inIt)]).toEqual([accepted('m'), failed('MESSAGE_ID_REUSED')]);
  });

  test('is answered though its mailbox is full by now', async () => {
    const messages = Array.from({ length: 100 }, (_, index) => message({ messageId: `m-${index}` }));
    await sendAll(messages);
    expect(await sendAll([message({ messageId: 'm-7' }), message({ messageId: 'new' })])).toEqual([
      repeated('m-7'),
      failed('MAILBOX_FULL'),
    ]);
  });

  test('is answered though its recipient is not registered any more', async () => {
    await sendAll([message({ messageId: 'm' })]);
    await open.bus.agents.unregister(anybody, BACKEND);
    expect(await sendAll([message({ messageId: 'm' })])).toEqual([repeated('m')]);
  });

  test('is answered though it would have expired by now', async () => {
    const routing = { expiresAt: timestampFromMs(open.clock.now() + 1_000) };
    await sendAll([message({ messageId: 'm', routing })]);
    open.clock.advance(2_000);
    expect(await sendAll([message({ messageId: 'm', routing })])).toEqual([repeated('m')]);
  });

  test('of what is forgotten between the refusal and the look-up is a new message', async () => {
    engine.refuseNext(new EngineError('duplicate_message', 'it was there'));
    expect(await sendAll([message({ messageId: 'm' })])).toEqual([accepted('m')]);
    expect(await delivered()).toEqual(['m']);
  });
});

describe('order', () => {
  test('messages of one sender arrive as they were sent, whichever way each goes', async () => {
    await open.bus.sessions.create(anybody, notificationsSession({ sessionId: 'sess_a' }));
    const ids = Array.from({ length: 90 }, (_, index) => `o-${index}`);
    const messages = ids.map((messageId, index) =>
      message({ messageId, ...(index % 7 === 3 && { sender: inSession }) }),
    );
    const sends: Promise<unknown>[] = [];
    // Frames of one to five, each third of them as single calls.
    for (let from = 0, frame = 0; from < messages.length; from += (frame % 5) + 1, frame++) {
      const some = messages.slice(from, from + (frame % 5) + 1);
      if (frame % 3 === 0) sends.push(...some.map((each) => open.bus.messages.send(anybody, each)));
      else sends.push(sendAll(some));
      // Some turns are over before the next frame comes, others are not.
      if (frame % 4 === 0) await Promise.all(sends);
    }
    await Promise.all(sends);
    expect(await delivered()).toEqual(ids);
    expect(engine.calls.accept).toBeGreaterThan(0);
    expect(engine.calls.commit).toBeGreaterThan(0);
  });
});
