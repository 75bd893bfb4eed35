/** Goal: the bus knows who is registered and ends the streams that must end. Method: the real engine in memory, a clock moved by hand. */
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentDescriptorSchema, AgentStatus } from '../../gen/ts/agentbus/v1/agent_pb.js';
import { type Agents, createAgents } from '../../src/bus/agent/agents.ts';
import type { Caller } from '../../src/bus/caller.ts';
import type { AgentDirectory, Engine } from '../../src/engine/engine.ts';
import { AGENT_LIMITS } from '../../src/limits.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { openInMemoryEngine } from './in-memory-engine.ts';

const INTERVAL = 15_000;
const ALL: Caller = { principal: { name: 'all', agents: ['*'] } };
const STRANGER: Caller = { principal: { name: 'stranger', agents: ['x://y'] } };
const EVERYBODY = { limit: 100, status: AgentStatus.UNSPECIFIED, capability: '' };

let clock: FakeClock;
let engine: Engine;
let agents: Agents;

beforeEach(async () => {
  clock = createFakeClock();
  engine = await openInMemoryEngine(clock);
  agents = await open();
});

afterEach(() => engine.close());

function open(directory: AgentDirectory = engine.agents): Promise<Agents> {
  const depth = (agentId: string) => engine.mailboxes.depth(agentId).messages;
  return createAgents({ directory, clock, heartbeatIntervalMs: INTERVAL, depth });
}

function register(agentId: string, capabilities: string[] = []) {
  return agents.register(ALL, create(AgentDescriptorSchema, { agentId, capabilities }));
}

function connect(agentId: string, instanceId: string) {
  const ended: string[] = [];
  const connection = agents.connect({
    agentId,
    instanceId,
    inFlight: () => 0,
    fenced: () => ended.push('fenced'),
    unregistered: () => ended.push('unregistered'),
    silent: () => ended.push('silent'),
  });
  return { connection, ended };
}

function ids(page: ReturnType<Agents['list']>): (string | undefined)[] {
  return page.agents.map(({ descriptor }) => descriptor?.agentId);
}

describe('registering', () => {
  it('makes an agent known, for good', async () => {
    const registered = await register('codex://a', ['review']);
    const registeredTime = timestampFromMs(clock.now());
    expect(registered).toMatchObject({
      descriptor: { agentId: 'codex://a', framework: 'codex', capabilities: ['review'] },
      status: AgentStatus.OFFLINE,
      queuedMessages: 0n,
      registeredTime,
    });
    expect(registered.lastSeenTime).toBeUndefined();
    clock.advance(1_000);
    const reopened = await open();
    expect(reopened.get('codex://a')).toEqual(registered);
    expect([reopened.has('codex://a'), reopened.has('codex://b')]).toEqual([true, false]);
  });

  it('changes what is known and keeps since when', async () => {
    const before = await register('codex://a');
    clock.advance(1_000);
    const after = await register('codex://a', ['review']);
    expect(after.descriptor?.capabilities).toEqual(['review']);
    expect(after.registeredTime).toEqual(before.registeredTime);
    expect((await open()).get('codex://a')).toEqual(after);
  });

  it('writes nothing when nothing changes', async () => {
    let puts = 0;
    agents = await open({
      ...engine.agents,
      put: (agent) => {
        puts++;
        return engine.agents.put(agent);
      },
    });
    await register('codex://a', ['review']);
    await register('codex://a', ['review']);
    expect(puts).toBe(1);
  });

  it('leaves memory and disk agreed when changes of one agent overlap', async () => {
    await Promise.all([
      register('codex://a', ['1']),
      agents.unregister(ALL, 'codex://a'),
      register('codex://a', ['2']),
    ]);
    expect(agents.get('codex://a').descriptor?.capabilities).toEqual(['2']);
    expect((await open()).get('codex://a')).toEqual(agents.get('codex://a'));
  });

  it('is bounded, also for those who come at the same time', async () => {
    const { maxAgents } = AGENT_LIMITS;
    const stored = Array.from({ length: maxAgents - 1 }, (_, index) => ({
      agentId: `x://${String(index).padStart(6, '0')}`,
      descriptor: new Uint8Array(0),
    }));
    const directory: AgentDirectory = {
      put: () => Promise.resolve(),
      remove: () => Promise.resolve(true),
      list: ({ after = '', limit }) => Promise.resolve(stored.filter(({ agentId }) => agentId > after).slice(0, limit)),
    };
    agents = await open(directory);
    const outcomes = await Promise.allSettled([register('z://1'), register('z://2')]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      {
        status: 'rejected',
        reason: { reason: 'LIMIT_REACHED', facts: { bound: 'registered agents', limit: maxAgents } },
      },
    ]);
    await register('z://1', ['known agents may change']);
    await agents.unregister(ALL, 'x://000000');
    await register('z://2');
  });

  it('is for those who may speak as the agent', async () => {
    const refusal = expect.objectContaining({ reason: 'AGENT_NOT_ALLOWED' });
    const descriptor = create(AgentDescriptorSchema, { agentId: 'codex://a' });
    await expect(agents.register(STRANGER, descriptor)).rejects.toEqual(refusal);
    await register('codex://a');
    await expect(agents.unregister(STRANGER, 'codex://a')).rejects.toEqual(refusal);
    const beat = { agentId: 'codex://a', instanceId: 'i', load: 0, note: '' };
    expect(() => agents.heartbeat(STRANGER, beat)).toThrow(refusal);
    expect(agents.get('codex://a').status).toBe(AgentStatus.OFFLINE);
  });
});

describe('unregistering', () => {
  it('forgets the agent and ends its streams', async () => {
    await register('codex://a');
    const { connection, ended } = connect('codex://a', 'i-1');
    await agents.unregister(ALL, 'codex://a');
    expect(ended).toEqual(['unregistered']);
    expect(agents.has('codex://a')).toBe(false);
    connection.close();
    const notFound = expect.objectContaining({ reason: 'AGENT_NOT_FOUND', facts: { agent_id: 'codex://a' } });
    expect(() => agents.get('codex://a')).toThrow(notFound);
    expect(() => connect('codex://a', 'i-1')).toThrow(notFound);
    expect(() => agents.heartbeat(ALL, { agentId: 'codex://a', instanceId: 'i', load: 0, note: '' })).toThrow(notFound);
    await expect(agents.unregister(ALL, 'codex://a')).rejects.toEqual(notFound);
    expect((await open()).has('codex://a')).toBe(false);
  });
});

describe('listing', () => {
  it('goes page by page, ascending', async () => {
    for (const agentId of ['c://3', 'a://1', 'b://2']) await register(agentId);
    const first = agents.list({ ...EVERYBODY, limit: 2 });
    expect([ids(first), first.next]).toEqual([['a://1', 'b://2'], 'b://2']);
    await agents.unregister(ALL, 'b://2');
    const second = agents.list({ ...EVERYBODY, limit: 2, after: first.next! });
    expect([ids(second), second.next]).toEqual([['c://3'], undefined]);
    expect(agents.list({ ...EVERYBODY, limit: 2 }).next).toBeUndefined();
  });

  it('filters by status and capability', async () => {
    await register('a://1', ['review']);
    await register('a://2', ['review', 'test']);
    await register('a://3', ['test']);
    connect('a://2', 'i');
    connect('a://3', 'i');
    expect(ids(agents.list({ ...EVERYBODY, capability: 'test' }))).toEqual(['a://2', 'a://3']);
    expect(ids(agents.list({ ...EVERYBODY, status: AgentStatus.ONLINE }))).toEqual(['a://2', 'a://3']);
    expect(ids(agents.list({ ...EVERYBODY, status: AgentStatus.OFFLINE, capability: 'review' }))).toEqual(['a://1']);
  });

  it('finds the agents that have a capability now, page by page, whatever they could do before', async () => {
    for (const agentId of ['c://3', 'a://1', 'b://2', 'd://4']) await register(agentId, ['test', 'test']);
    await register('b://2', ['review']);
    await agents.unregister(ALL, 'c://3');
    const query = { ...EVERYBODY, limit: 1 };
    const first = agents.list({ ...query, capability: 'test' });
    expect([ids(first), first.next]).toEqual([['a://1'], 'a://1']);
    const second = agents.list({ ...query, capability: 'test', after: 'a://1' });
    expect([ids(second), second.next]).toEqual([['d://4'], undefined]);
    expect(ids(agents.list({ ...query, capability: 'review' }))).toEqual(['b://2']);
    expect(ids(agents.list({ ...query, capability: 'nobody has it' }))).toEqual([]);
    // The same when they are read from the store.
    expect(ids((await open()).list({ ...EVERYBODY, capability: 'test' }))).toEqual(['a://1', 'd://4']);
  });

  it('shows how much waits', async () => {
    await register('a://1');
    const fingerprint = new Uint8Array(1);
    const message = { sender: 'b://b', messageId: 'm', fingerprint, recipients: ['a://1'], priority: 2, acceptedAt: 0 };
    await engine.journal.commit({ messages: [{ ...message, envelope: new Uint8Array(1) }] });
    expect(agents.get('a://1').queuedMessages).toBe(1n);
  });
});

it('an agent that polls is present, and one that is not registered may poll all the same', async () => {
  agents.attend('codex://a', 'default')();
  await register('codex://a');
  expect(agents.get('codex://a').status).toBe(AgentStatus.OFFLINE);
  const leave = agents.attend('codex://a', 'default');
  expect(agents.get('codex://a')).toMatchObject({ status: AgentStatus.ONLINE, instances: [{ instanceId: 'default' }] });
  leave();
  for (let index = 0; index <= AGENT_LIMITS.maxInstancesPerAgent; index++) agents.attend('codex://a', `i-${index}`);
  expect(agents.get('codex://a').instances).toHaveLength(AGENT_LIMITS.maxInstancesPerAgent);
});

describe('a connection', () => {
  beforeEach(() => register('codex://a'));

  it('is fenced by a newer one of the same instance, before that one is there', async () => {
    const older = connect('codex://a', 'i-1');
    const newer = connect('codex://a', 'i-1');
    const other = connect('codex://a', 'i-2');
    expect([older.ended, newer.ended, other.ended]).toEqual([['fenced'], [], []]);
    older.connection.close();
    expect(agents.get('codex://a').instances.map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-2']);
  });

  it('is told of two silent intervals, and again after two more', () => {
    const { connection, ended } = connect('codex://a', 'i-1');
    clock.advance(INTERVAL * 2 - 1);
    connection.heard();
    clock.advance(INTERVAL * 2 - 1);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual(['silent']);
    clock.advance(INTERVAL * 2);
    expect(ended).toEqual(['silent', 'silent']);
    connection.close();
    clock.advance(INTERVAL * 10);
    expect(ended).toHaveLength(2);
  });

  it('is kept alive by heartbeats of either kind, which say how busy it is', () => {
    const { connection, ended } = connect('codex://a', 'i-1');
    clock.advance(INTERVAL * 1.9);
    connection.heartbeat({ load: 0.5, note: 'testing' });
    expect(agents.get('codex://a').instances).toMatchObject([{ load: 0.5, note: 'testing', connected: true }]);
    clock.advance(INTERVAL * 1.9);
    agents.heartbeat(ALL, { agentId: 'codex://a', instanceId: 'i-1', load: 1, note: 'full' });
    clock.advance(INTERVAL * 1.9);
    expect(ended).toEqual([]);
    expect(agents.get('codex://a')).toMatchObject({ status: AgentStatus.SLOW, instances: [{ load: 1, note: 'full' }] });
  });

  it('leaves nothing running when it is closed', () => {
    const before = clock.pending;
    const { connection } = connect('codex://a', 'i-1');
    connection.close();
    connection.close();
    expect(clock.pending).toBe(before);
    expect(agents.get('codex://a').status).toBe(AgentStatus.OFFLINE);
  });
});
