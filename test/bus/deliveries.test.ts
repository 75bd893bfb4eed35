/** Goal: single calls get mail, wait for it, and settle it. Method: the real engine in memory, a clock moved by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/bus/caller.ts';
import { createDeliveries, type Deliveries } from '../../src/bus/message/deliveries.ts';
import type { Engine, Lease } from '../../src/engine/engine.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { openInMemoryEngine } from './in-memory-engine.ts';

const AGENT = 'codex://worker';
const WORKER: Caller = { principal: { name: 'worker', agents: [AGENT] } };
const STRANGER: Caller = { principal: { name: 'stranger', agents: ['codex://other'] } };

let clock: FakeClock;
let engine: Engine;
let deliveries: Deliveries;
let present: string[];

const attend = (agentId: string, instanceId: string) => {
  present.push(`${agentId} ${instanceId}`);
  return () => void present.pop();
};

beforeEach(async () => {
  present = [];
  clock = createFakeClock();
  engine = await openInMemoryEngine(clock);
  deliveries = createDeliveries({ mailboxes: engine.mailboxes, clock, observer: {}, attend, followers: [] });
});

afterEach(() => engine.close());

function send(messageId: string): Promise<void> {
  const fingerprint = new Uint8Array(1);
  const envelope = new TextEncoder().encode(messageId);
  const message = { sender: 'a://a', messageId, fingerprint, recipients: [AGENT], priority: 2, envelope };
  return engine.journal.commit({ messages: [{ ...message, acceptedAt: clock.now() }] });
}

function receive({ maxMessages = 10, waitMs = 0, signal = new AbortController().signal } = {}): Promise<Lease[]> {
  return deliveries.receive(WORKER, {
    agentId: AGENT,
    instanceId: 'i-1',
    maxMessages,
    waitMs,
    leaseMs: 30_000,
    signal,
  });
}

async function received(...options: Parameters<typeof receive>): Promise<string[]> {
  return (await receive(...options)).map(({ messageId }) => messageId);
}

/** Lets calls that ask the engine come to the point where they wait. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('receive', () => {
  it('takes what waits, in order, and no more than asked for', async () => {
    await Promise.all(['m-1', 'm-2', 'm-3'].map(send));
    expect(await received({ maxMessages: 2 })).toEqual(['m-1', 'm-2']);
    expect(await received()).toEqual(['m-3']);
    expect(await received()).toEqual([]);
  });

  it('waits for the first message', async () => {
    const waiting = received({ waitMs: 20_000 });
    await turn();
    await send('m-1');
    expect(await waiting).toEqual(['m-1']);
    expect(clock.pending).toBe(await timersOfOneLease());
  });

  it('gives up when the time is over', async () => {
    const waiting = received({ waitMs: 20_000 });
    await turn();
    expect(present).toEqual([`${AGENT} i-1`]);
    clock.advance(20_000);
    expect(await waiting).toEqual([]);
    expect(present).toEqual([]);
  });

  it('misses no message that comes between looking and waiting', async () => {
    for (let index = 0; index < 20; index++) {
      const waiting = received({ waitMs: 60_000 });
      await send(`m-${index}`);
      expect(await waiting).toEqual([`m-${index}`]);
    }
  });

  it('ends when the caller goes away while it waits, and takes nothing', async () => {
    const controller = new AbortController();
    const waiting = receive({ waitMs: 60_000, signal: controller.signal });
    const outcome = expect(waiting).rejects.toThrow('gone');
    await turn();
    controller.abort(new Error('gone'));
    await outcome;
    expect(present).toEqual([]);
    await send('m-1');
    expect(await receive()).toMatchObject([{ messageId: 'm-1', attempt: 1 }]);
  });

  it('puts back uncounted what it took for a caller who went away', async () => {
    await send('m-1');
    const controller = new AbortController();
    const taking = receive({ signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(taking).rejects.toThrow('gone');
    expect(await receive()).toMatchObject([{ messageId: 'm-1', attempt: 1 }]);
  });

  it('keeps what an earlier call of the same instance took when a later one is given up', async () => {
    await Promise.all(['m-1', 'm-2'].map(send));
    expect(await received({ maxMessages: 1 })).toEqual(['m-1']);
    const controller = new AbortController();
    const taking = receive({ signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(taking).rejects.toThrow('gone');
    expect(await received()).toEqual(['m-2']);
  });
});

describe('settling', () => {
  it('acknowledges each id once, however often it is named', async () => {
    await send('m-1');
    const [lease] = await receive();
    const id = lease!.deliveryId;
    expect(await deliveries.acknowledge(WORKER, AGENT, [id, id, 'nonsense'])).toEqual({ stale: ['nonsense'] });
    expect(await deliveries.acknowledge(WORKER, AGENT, [id])).toEqual({ stale: [id] });
    expect(engine.mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
  });

  it('drops with the reason that was given', async () => {
    await send('m-1');
    const [lease] = await receive();
    const disposition = 'drop' as const;
    const deliveryIds = [lease!.deliveryId];
    expect(await deliveries.reject(WORKER, AGENT, { deliveryIds, disposition, reason: 'not json' })).toEqual({
      stale: [],
    });
    const [[record] = []] = await engine.messages.find([{ sender: 'a://a', messageId: 'm-1' }]);
    expect(record).toMatchObject({ state: 'dead_lettered', reason: 'not json' });
  });

  it('says until when an extended lease lasts', async () => {
    await send('m-1');
    const [lease] = await receive();
    const deliveryIds = [lease!.deliveryId];
    const extended = await deliveries.extend(WORKER, AGENT, { deliveryIds, leaseMs: 60_000 });
    expect(extended).toEqual({ stale: [], leaseExpiresAt: clock.now() + 60_000 });
    clock.advance(59_999);
    expect(await receive()).toEqual([]);
    clock.advance(1);
    expect(await receive()).toMatchObject([{ redeliveredBecause: 'lease_expired' }]);
  });
});

it('only those who may speak as the agent touch its mail', async () => {
  await send('m-1');
  const ids = ['x'];
  const refusal = expect.objectContaining({ reason: 'AGENT_NOT_ALLOWED', facts: { agent_id: AGENT } });
  const signal = new AbortController().signal;
  const request = { agentId: AGENT, instanceId: 'i-1', maxMessages: 1, waitMs: 0, leaseMs: 30_000, signal };
  await expect(deliveries.receive(STRANGER, request)).rejects.toEqual(refusal);
  await expect(deliveries.acknowledge(STRANGER, AGENT, ids)).rejects.toEqual(refusal);
  const rejection = { deliveryIds: ids, disposition: 'drop' as const, reason: '' };
  await expect(deliveries.reject(STRANGER, AGENT, rejection)).rejects.toEqual(refusal);
  await expect(deliveries.extend(STRANGER, AGENT, { deliveryIds: ids, leaseMs: 1_000 })).rejects.toEqual(refusal);
  expect(await received()).toEqual(['m-1']);
});

/** What an engine with one lease keeps running, measured on a second one: no timer of the call itself is left. */
async function timersOfOneLease(): Promise<number> {
  const otherClock = createFakeClock();
  const other = await openInMemoryEngine(otherClock);
  const fingerprint = new Uint8Array(1);
  const message = { sender: 'a://a', messageId: 'm', fingerprint, recipients: [AGENT], priority: 2, acceptedAt: 0 };
  await other.journal.commit({ messages: [{ ...message, envelope: new Uint8Array(1) }] });
  await other.mailboxes.lease({ agentId: AGENT, holder: 'h', limit: 1, maxBytes: 10, leaseMs: 30_000 });
  const { pending } = otherClock;
  await other.close();
  return pending;
}
