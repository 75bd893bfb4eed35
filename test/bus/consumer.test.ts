/** Goal: mail goes to consumers by credit and comes back when it must. Method: the real engine in memory, a clock moved by hand. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Consumer, createDeliveries, type Deliveries } from '../../src/bus/message/deliveries.ts';
import type { Engine, Lease, Mailboxes } from '../../src/engine/engine.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { openInMemoryEngine } from './in-memory-engine.ts';

const AGENT = 'codex://worker';
const LEASE_MS = 30_000;

let clock: FakeClock;
let engine: Engine;
let deliveries: Deliveries;
let counted: Record<string, number>;
let leaseCalls: number;

beforeEach(async () => {
  clock = createFakeClock();
  engine = await openInMemoryEngine(clock);
  counted = { delivered: 0, redelivered: 0, acknowledged: 0 };
  leaseCalls = 0;
  const count = (name: string) => (by: number) => {
    counted[name] = (counted[name] ?? 0) + by;
  };
  const observer = {
    delivered: count('delivered'),
    redelivered: count('redelivered'),
    acknowledged: count('acknowledged'),
  };
  const { mailboxes } = engine;
  const lease: Mailboxes['lease'] = (request) => {
    leaseCalls++;
    return mailboxes.lease(request);
  };
  deliveries = createDeliveries({
    mailboxes: { ...mailboxes, lease },
    clock,
    observer,
    attend: () => () => undefined,
    followers: [],
  });
});

afterEach(() => engine.close());

async function send(...messageIds: string[]): Promise<void> {
  const message = {
    sender: 'a://a',
    fingerprint: new Uint8Array(1),
    recipients: [AGENT],
    priority: 2,
    acceptedAt: clock.now(),
  };
  const commits = messageIds.map((messageId) =>
    engine.journal.commit({ messages: [{ ...message, messageId, envelope: new TextEncoder().encode(messageId) }] }),
  );
  await Promise.all(commits);
}

interface Receiver {
  readonly consumer: Consumer;
  readonly got: Lease[];
  readonly batches: number[];
  /** What `deliver` answers from now on. */
  hasRoom: boolean;
  readonly failures: unknown[];
  ids(): string[];
  messages(): string[];
}

function receiver(holder: string, maxInFlight = 10): Receiver {
  const got: Lease[] = [];
  const failures: unknown[] = [];
  const batches: number[] = [];
  const state: Receiver = {
    got,
    batches,
    failures,
    hasRoom: true,
    consumer: deliveries.consume({
      agentId: AGENT,
      holder,
      maxInFlight,
      leaseMs: LEASE_MS,
      deliver(leases) {
        got.push(...leases);
        batches.push(leases.length);
        return state.hasRoom;
      },
      failed: (error) => failures.push(error),
    }),
    ids: () => got.map(({ deliveryId }) => deliveryId),
    messages: () => got.map(({ messageId }) => messageId),
  };
  return state;
}

/** Lets lease calls that are under way arrive: they wait for the store at most once. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    await engine.journal.flush();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('credit', () => {
  it('is never exceeded, and an acknowledgement frees it', async () => {
    const { consumer, messages, ids } = receiver('c-1', 2);
    await send('m-1', 'm-2', 'm-3');
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2']);
    expect(consumer.inFlight).toBe(2);
    await consumer.acknowledge([ids()[0]!]);
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2', 'm-3']);
    expect(consumer.inFlight).toBe(2);
    expect(counted).toEqual({ delivered: 3, redelivered: 0, acknowledged: 1 });
  });

  it('that is freed looks for mail only if there was none left to take it with', async () => {
    const { consumer, ids, messages } = receiver('c-1', 2);
    await send('m-1');
    await settled();
    const before = leaseCalls;
    await consumer.acknowledge(ids());
    await settled();
    expect(leaseCalls).toBe(before);
    await send('m-2', 'm-3', 'm-4');
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2', 'm-3']);
    await consumer.acknowledge([ids()[1]!]);
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2', 'm-3', 'm-4']);
  });

  it('is freed by a rejection, and the message comes back', async () => {
    const { consumer, got, ids } = receiver('c-1', 1);
    await send('m-1');
    await settled();
    const disposition = { requeueDelayMs: 5_000 };
    expect(await consumer.reject({ deliveryIds: ids(), disposition, reason: '' })).toEqual({ stale: [] });
    await settled();
    expect(got).toHaveLength(1);
    clock.advance(5_000);
    await settled();
    expect(got[1]).toMatchObject({ messageId: 'm-1', attempt: 2, redeliveredBecause: 'rejected' });
    expect(counted).toMatchObject({ delivered: 2, redelivered: 1 });
  });

  it('is freed when a lease runs out', async () => {
    const { consumer, got, ids, messages } = receiver('c-1', 1);
    await send('m-1', 'm-2');
    await settled();
    clock.advance(LEASE_MS);
    await settled();
    expect(got.slice(1)).toMatchObject([{ messageId: 'm-1', attempt: 2, redeliveredBecause: 'lease_expired' }]);
    expect(await consumer.acknowledge([ids()[0]!])).toEqual({ stale: [ids()[0]] });
    expect(await consumer.acknowledge([ids()[1]!])).toEqual({ stale: [] });
    await settled();
    expect(messages()).toEqual(['m-1', 'm-1', 'm-2']);
  });

  it('stays taken while leases are extended', async () => {
    const { consumer, got, ids } = receiver('c-1', 1);
    await send('m-1', 'm-2');
    await settled();
    clock.advance(LEASE_MS - 1);
    expect(await consumer.extend(ids())).toMatchObject({ stale: [] });
    clock.advance(LEASE_MS - 1);
    await settled();
    expect(got).toHaveLength(1);
    clock.advance(1);
    await settled();
    expect(got).toHaveLength(2);
  });

  it('is freed by single calls too, which is how subscribers settle', async () => {
    const caller = { principal: { name: 'all', agents: ['*'] } };
    const { got, ids, messages } = receiver('c-1', 1);
    await send('m-1', 'm-2', 'm-3');
    await settled();
    expect(await deliveries.acknowledge(caller, AGENT, ids())).toEqual({ stale: [] });
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2']);
    await deliveries.extend(caller, AGENT, { deliveryIds: ids(), leaseMs: LEASE_MS * 2 });
    clock.advance(LEASE_MS);
    await settled();
    expect(got).toHaveLength(2);
    await deliveries.reject(caller, AGENT, { deliveryIds: [ids()[1]!], disposition: 'drop', reason: 'broken' });
    await settled();
    expect(messages()).toEqual(['m-1', 'm-2', 'm-3']);
  });
});

describe('a receiver that is full', () => {
  it('gets nothing until it has room, and mail stays for others', async () => {
    const slow = receiver('c-1');
    slow.hasRoom = false;
    await send('m-1');
    await settled();
    await send('m-2');
    await settled();
    expect(slow.messages()).toEqual(['m-1']);
    const other = receiver('c-2');
    await settled();
    expect(other.messages()).toEqual(['m-2']);
    await send('m-3');
    other.consumer.close();
    slow.consumer.ready();
    await settled();
    expect(slow.messages().sort()).toEqual(['m-1', 'm-2', 'm-3']);
  });
});

describe('the end of a consumer', () => {
  it('gives everything back before close returns, and makes its settlements stale', async () => {
    const first = receiver('c-1');
    await send('m-1', 'm-2');
    await settled();
    first.consumer.close();
    const leases = await engine.mailboxes.lease({
      agentId: AGENT,
      holder: 'c-2',
      limit: 10,
      maxBytes: 1_000,
      leaseMs: LEASE_MS,
    });
    expect(leases.map(({ messageId, redeliveredBecause }) => [messageId, redeliveredBecause])).toEqual([
      ['m-1', 'holder_gone'],
      ['m-2', 'holder_gone'],
    ]);
    const stale = first.ids();
    const disposition = 'drop' as const;
    expect(await first.consumer.acknowledge(stale)).toEqual({ stale });
    expect(await first.consumer.reject({ deliveryIds: stale, disposition, reason: '' })).toEqual({ stale });
    expect(await first.consumer.extend(stale)).toEqual({ stale });
    expect(engine.mailboxes.depth(AGENT).messages).toBe(2);
    expect(first.consumer.inFlight).toBe(0);
  });

  it('counts no attempt for what was still on its way to it', async () => {
    await send('m-1');
    const first = receiver('c-1');
    first.consumer.close();
    await settled();
    expect(first.got).toEqual([]);
    const second = receiver('c-2');
    await settled();
    expect(second.got).toMatchObject([{ messageId: 'm-1', attempt: 1 }]);
  });

  it('takes nothing more after drain, and still settles what it has', async () => {
    const { consumer, messages, ids } = receiver('c-1');
    await send('m-1');
    await settled();
    consumer.drain();
    await send('m-2');
    await settled();
    expect(messages()).toEqual(['m-1']);
    expect(await consumer.acknowledge(ids())).toEqual({ stale: [] });
    expect(engine.mailboxes.depth(AGENT).messages).toBe(1);
  });

  it('comes with the reason when the store fails', async () => {
    const { consumer, failures } = receiver('c-1');
    await send('m-1');
    await engine.close();
    consumer.ready();
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures).toMatchObject([{ code: 'closed' }]);
  });
});

describe('several consumers of one agent', () => {
  it('take turns while they have equally little to do', async () => {
    const receivers = [receiver('c-1'), receiver('c-2'), receiver('c-3')];
    for (let index = 0; index < 6; index++) {
      await send(`m-${index}`);
      await settled();
    }
    expect(receivers.map(({ got }) => got.length)).toEqual([2, 2, 2]);
  });

  it('share a burst', async () => {
    const first = receiver('c-1', 100);
    const second = receiver('c-2', 100);
    await send('warm-up');
    await settled();
    await send(...Array.from({ length: 20 }, (_, index) => `m-${index}`));
    await settled();
    expect(first.got.length + second.got.length).toBe(21);
    expect(Math.min(first.got.length, second.got.length)).toBeGreaterThanOrEqual(8);
  });

  it('leave everything to the one that has credit', async () => {
    const busy = receiver('c-1', 1);
    await send('m-0');
    await settled();
    const idle = receiver('c-2', 100);
    await send(...Array.from({ length: 10 }, (_, index) => `m-${index + 1}`));
    await settled();
    expect([busy.got.length, idle.got.length]).toEqual([1, 10]);
  });
});
