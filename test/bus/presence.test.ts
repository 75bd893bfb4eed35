/** Goal: an agent's status is true within two heartbeat intervals. Method: a clock moved by hand. */
import { describe, expect, it } from 'vitest';
import { createPresence } from '../../src/bus/agent/presence.ts';
import { AGENT_LIMITS } from '../../src/limits.ts';
import { createFakeClock } from '../fake-clock.ts';

const INTERVAL = 15_000;
const AGENT = 'codex://frontend';
const BEAT = { load: 0.5, note: 'compiling' };

function setUp() {
  const clock = createFakeClock();
  return { clock, presence: createPresence({ clock, heartbeatIntervalMs: INTERVAL }) };
}

function streamWith(inFlight: number) {
  return { inFlight: () => inFlight };
}

describe('an instance with a stream', () => {
  it('is online as soon as it connects and offline as soon as its stream ends', () => {
    const { clock, presence } = setUp();
    expect(presence.report(AGENT)).toEqual({ status: 'offline', instances: [], lastSeenAt: undefined });
    const stream = presence.connect(AGENT, 'i-1', streamWith(3));
    const connectedAt = clock.now();
    expect(presence.report(AGENT)).toEqual({
      status: 'online',
      instances: [
        { instanceId: 'i-1', connected: true, slow: false, inFlight: 3, load: 0, note: '', lastSeenAt: connectedAt },
      ],
      lastSeenAt: connectedAt,
    });
    clock.advance(1);
    stream.close();
    expect(presence.report(AGENT)).toEqual({ status: 'offline', instances: [], lastSeenAt: connectedAt });
  });

  it('says how busy it is', () => {
    const { presence } = setUp();
    presence.connect(AGENT, 'i-1', streamWith(0)).beat(BEAT);
    expect(presence.report(AGENT).instances).toMatchObject([BEAT]);
  });

  it.each([
    { silentMs: INTERVAL * 1.5, status: 'online' },
    { silentMs: INTERVAL * 1.5 + 1, status: 'slow' },
  ])('is $status after $silentMs ms of silence', ({ silentMs, status }) => {
    const { clock, presence } = setUp();
    const stream = presence.connect(AGENT, 'i-1', streamWith(0));
    clock.advance(silentMs);
    expect(presence.report(AGENT).status).toBe(status);
    expect(stream.silentMs()).toBe(silentMs);
    stream.heard();
    expect(presence.report(AGENT).status).toBe('online');
  });

  it('is slow while it does not read, however much it says', () => {
    const { presence } = setUp();
    const stream = presence.connect(AGENT, 'i-1', streamWith(0));
    stream.setStalled(true);
    stream.heard();
    expect(presence.report(AGENT).status).toBe('slow');
    stream.setStalled(false);
    expect(presence.report(AGENT).status).toBe('online');
  });

  it('has one stream: an older one changes nothing any more', () => {
    const { clock, presence } = setUp();
    const older = presence.connect(AGENT, 'i-1', streamWith(1));
    const newer = presence.connect(AGENT, 'i-1', streamWith(2));
    expect([older.current, newer.current]).toEqual([false, true]);
    clock.advance(1_000);
    older.heard();
    older.beat(BEAT);
    older.setStalled(true);
    older.close();
    expect(presence.report(AGENT)).toMatchObject({ status: 'online', instances: [{ inFlight: 2, load: 0 }] });
    expect(newer.silentMs()).toBe(1_000);
  });
});

describe('an instance without a stream', () => {
  it('is online for two intervals after a heartbeat', () => {
    const { clock, presence } = setUp();
    presence.beat(AGENT, 'script', BEAT);
    clock.advance(INTERVAL * 2);
    expect(presence.report(AGENT)).toMatchObject({
      status: 'online',
      instances: [{ instanceId: 'script', connected: false, slow: false, ...BEAT }],
    });
    clock.advance(1);
    expect(presence.report(AGENT)).toMatchObject({ status: 'offline', instances: [] });
  });

  it('stays for the rest of that time when its stream ends', () => {
    const { clock, presence } = setUp();
    const stream = presence.connect(AGENT, 'browser', streamWith(0));
    presence.beat(AGENT, 'browser', BEAT);
    expect(presence.report(AGENT).instances).toHaveLength(1);
    stream.close();
    expect(presence.report(AGENT)).toMatchObject({ status: 'online', instances: [{ connected: false }] });
    clock.advance(INTERVAL * 2 + 1);
    expect(presence.report(AGENT).status).toBe('offline');
  });

  it('is online while a call of it waits, however long, and for two intervals after that', () => {
    const { clock, presence } = setUp();
    const leave = presence.attend(AGENT, 'script');
    const leaveOther = presence.attend(AGENT, 'script');
    clock.advance(INTERVAL * 3);
    expect(presence.report(AGENT)).toMatchObject({ status: 'online', instances: [{ connected: false, slow: false }] });
    leave();
    leave();
    clock.advance(INTERVAL * 3);
    expect(presence.report(AGENT).status).toBe('online');
    leaveOther();
    clock.advance(INTERVAL * 2);
    expect(presence.report(AGENT).status).toBe('online');
    clock.advance(1);
    expect(presence.report(AGENT).status).toBe('offline');
  });

  it('keeps its stream alive by single calls', () => {
    const { clock, presence } = setUp();
    const stream = presence.connect(AGENT, 'browser', streamWith(0));
    clock.advance(INTERVAL);
    presence.beat(AGENT, 'browser', BEAT);
    expect(stream.silentMs()).toBe(0);
  });
});

describe('several instances', () => {
  it('make an agent slow only when each of them is', () => {
    const { clock, presence } = setUp();
    const first = presence.connect(AGENT, 'b', streamWith(0));
    presence.connect(AGENT, 'a', streamWith(0));
    clock.advance(INTERVAL * 1.6);
    first.heard();
    const report = presence.report(AGENT);
    expect(report.instances.map(({ instanceId, slow }) => [instanceId, slow])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(report.status).toBe('online');
    first.setStalled(true);
    expect(presence.report(AGENT).status).toBe('slow');
  });

  it('are bounded, and those that are gone make room', () => {
    const { clock, presence } = setUp();
    const limit = AGENT_LIMITS.maxInstancesPerAgent;
    for (let index = 0; index < limit; index++) presence.beat(AGENT, `i-${index}`, BEAT);
    const facts = { bound: 'instances per agent', limit };
    expect(() => presence.beat(AGENT, 'one-more', BEAT)).toThrow(
      expect.objectContaining({ reason: 'LIMIT_REACHED', facts }),
    );
    expect(() => presence.connect(AGENT, 'one-more', streamWith(0))).toThrow(
      expect.objectContaining({ reason: 'LIMIT_REACHED', facts }),
    );
    presence.beat(AGENT, 'i-0', BEAT);
    clock.advance(INTERVAL * 2 + 1);
    presence.connect(AGENT, 'one-more', streamWith(0));
    expect(presence.report(AGENT).instances.map(({ instanceId }) => instanceId)).toEqual(['one-more']);
  });

  it('are all forgotten with their agent', () => {
    const { presence } = setUp();
    const stream = presence.connect(AGENT, 'i-1', streamWith(0));
    presence.forget(AGENT);
    stream.heard();
    expect(stream.current).toBe(false);
    expect(presence.report(AGENT)).toEqual({ status: 'offline', instances: [], lastSeenAt: undefined });
  });
});
