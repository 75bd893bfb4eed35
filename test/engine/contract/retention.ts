import { expect } from 'vitest';
import type { SessionIndexEntry } from '../../../src/engine/engine.ts';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, text } from './rig.ts';

const OTHER = 'test://other';
const MINUTE = 60_000;

/** Makes a session that has ended now, with one event of so many bytes. */
async function makeEnded(
  rig: Rig,
  sessionId: string,
  more: { size?: number; index?: Partial<SessionIndexEntry> } = {},
) {
  const { size = 10, index } = more;
  const endedAt = rig.clock.now();
  await rig.append(sessionId, 0, {
    texts: ['x'.repeat(size)],
    index: { endedAt, state: 'completed', members: ['test://member'], labels: { team: 'red' }, ...index },
  });
}

async function listed(rig: Rig): Promise<readonly string[]> {
  return (await rig.engine.sessions.list({ limit: 100 })).sessionIds;
}

/** What must be so of a session that does not exist, or does not exist any more. */
async function expectGone(rig: Rig, sessionId: string): Promise<void> {
  const { sessions } = rig.engine;
  expect(await sessions.load(sessionId)).toBeUndefined();
  expect(await sessions.read({ sessionId, after: 0, limit: 10, maxBytes: 1e6 })).toEqual([]);
  expect(await listed(rig)).not.toContain(sessionId);
}

export const retentionCases: ContractCase[] = [
  {
    name: 'a dead letter is kept for its time, and is gone some minutes later',
    async run(rig) {
      const message = await rig.die();
      rig.clock.advance(10 * MINUTE);
      await rig.die();
      rig.clock.advance(rig.limits.retention.deadLetterAgeMs - 15 * MINUTE);
      await rig.letMinutesPass();
      expect(await rig.deadLetters()).toHaveLength(2);
      await rig.letMinutesPass(5);
      expect((await rig.deadLetters()).map(({ messageId }) => messageId)).not.toContain(message.messageId);
      expect(rig.engine.deadLetters.total().messages).toBe(1);
      expect(rig.observed.forgotten).toContainEqual({ kind: 'dead_letter', count: 1, because: 'age' });
    },
  },
  {
    name: 'of more dead letters than there may be, those that died first are gone before their time',
    async run(rig) {
      const size = rig.limits.retention.maxDeadLetterBytes / 4;
      // The first one dies last.
      await rig.send({ messageId: 'first', envelope: bytes('small') });
      const late = await rig.leaseOne({ holder: 'late', leaseMs: 60 * MINUTE });
      for (const messageId of ['a', 'b', 'c', 'd', 'e']) {
        rig.clock.advance(1);
        const recipients = messageId < 'c' ? [AGENT] : [OTHER];
        await rig.die({ messageId, recipients, envelope: new Uint8Array(size) });
      }
      rig.clock.advance(1);
      await rig.engine.mailboxes.discard(AGENT, [late.deliveryId], 'no');
      await rig.letMinutesPass();
      expect((await rig.deadLetters()).map(({ messageId }) => messageId)).toEqual(['first']);
      expect((await rig.deadLetters(OTHER)).map(({ messageId }) => messageId)).toEqual(['c', 'd', 'e']);
      const { messages, bytes: held } = rig.engine.deadLetters.total();
      expect(messages).toBe(4);
      expect(held).toBeLessThanOrEqual(rig.limits.retention.maxDeadLetterBytes);
      expect(rig.observed.forgotten).toEqual([{ kind: 'dead_letter', count: 2, because: 'size' }]);
    },
  },
  {
    name: 'a redelivery that comes as the dead letter is forgotten passes it over, and keeps no room',
    async run(rig) {
      await rig.die();
      const [deadLetter] = await rig.deadLetters();
      rig.clock.advance(rig.limits.retention.deadLetterAgeMs);
      const how = { acceptedAt: rig.clock.now(), keepTagBits: 0 };
      const redelivered = rig.engine.deadLetters.redeliver(AGENT, [deadLetter!.deadLetterId], how);
      await rig.letMinutesPass();
      const moved = await redelivered;
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(moved.length);
      expect(await rig.lease()).toHaveLength(moved.length);
      expect(rig.engine.deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
    },
  },
  {
    name: 'of more records than there may be, the oldest are gone, but none of a message that waits or is kept',
    async run(rig) {
      const { maxMessageRecords } = rig.limits.retention;
      const waiting = await rig.send({ recipients: [AGENT, OTHER] });
      const kept = await rig.send({ recipients: [], keep: true });
      await rig.acknowledge(await rig.lease());
      const sent = [];
      for (let count = 0; count < maxMessageRecords; count++) {
        sent.push(await rig.send({ recipients: count % 2 === 0 ? [] : [AGENT] }));
        if (count % 2 === 1) await rig.acknowledge(await rig.lease());
      }
      await rig.letMinutesPass();
      const states = (await rig.engine.messages.find(sent)).map((records) => records.length);
      // Three records belong to messages that are needed.
      expect(states).toEqual([...Array(3).fill(0), ...Array(maxMessageRecords - 3).fill(1)]);
      expect((await rig.records(waiting)).map(({ state }) => state)).toEqual(['acknowledged', 'queued']);
      expect(await rig.records(kept)).toHaveLength(1);
      expect(rig.observed.forgotten).toEqual([{ kind: 'message_record', count: 3, because: 'size' }]);
      await rig.send(sent[0]!);
    },
  },
  {
    name: 'the records of one message are forgotten together, however many are too many',
    async run(rig) {
      const { maxMessageRecords } = rig.limits.retention;
      const copies = await rig.send({ recipients: [AGENT, OTHER, 'test://third'] });
      for (const agentId of copies.recipients) await rig.acknowledge(await rig.lease({ agentId }), agentId);
      for (let count = 2; count < maxMessageRecords; count++) await rig.send({ recipients: [] });
      await rig.letMinutesPass();
      expect(await rig.records(copies)).toEqual([]);
      expect(rig.observed.forgotten).toEqual([{ kind: 'message_record', count: 3, because: 'size' }]);
    },
  },
  {
    name: 'records that are forgotten because of their age are told of',
    async run(rig) {
      await rig.send({ recipients: [] });
      await rig.send({ recipients: [] });
      rig.clock.advance(rig.limits.retention.messageAgeMs);
      await rig.send({ recipients: [] });
      await rig.letMinutesPass();
      expect(rig.observed.forgotten).toEqual([{ kind: 'message_record', count: 2, because: 'age' }]);
    },
  },
  {
    name: 'an ended session is kept for its time after the end, and is gone some minutes later, its id free',
    async run(rig) {
      await rig.append('s', 0, { texts: ['one', 'two', 'three'], snapshotText: 'state' });
      await rig.append('under way', 0);
      rig.clock.advance(rig.limits.retention.endedSessionAgeMs);
      const index = { endedAt: rig.clock.now(), state: 'completed', members: ['test://member'], labels: {} };
      await rig.append('s', 3, { index });
      rig.clock.advance(rig.limits.retention.endedSessionAgeMs - 5 * MINUTE);
      await rig.letMinutesPass();
      expect((await rig.engine.sessions.load('s'))?.lastSequence).toBe(4);
      await rig.letMinutesPass(5);
      await expectGone(rig, 's');
      expect(await listed(rig)).toEqual(['under way']);
      expect((await rig.engine.sessions.list({ limit: 9, member: 'test://member' })).sessionIds).toEqual(['under way']);
      expect(rig.observed.forgottenSessions).toEqual(['s']);
      expect(rig.observed.forgotten).toEqual([{ kind: 'session', count: 1, because: 'age' }]);
      await rig.append('s', 0, { texts: ['anew'] });
      const again = await rig.engine.sessions.load('s');
      expect(again).not.toHaveProperty('snapshot');
      expect(again?.events.map((event) => text(event.bytes))).toEqual(['anew']);
      expect((await rig.engine.sessions.read({ sessionId: 's', after: 0, limit: 9, maxBytes: 1e6 })).length).toBe(1);
    },
  },
  {
    name: 'a session that has not ended is kept, however old and large',
    async run(rig) {
      await rig.append('s', 0, { texts: ['x'.repeat(rig.limits.retention.maxEndedSessionBytes * 2)] });
      rig.clock.advance(rig.limits.retention.endedSessionAgeMs * 2);
      await rig.letMinutesPass();
      expect(await rig.engine.sessions.load('s')).toBeDefined();
      // One that is taken up again counts as one that never ended.
      await makeEnded(rig, 'again', { index: { endedAt: 1 } });
      await rig.append('again', 1, { index: { state: 'active', members: [], labels: {} } });
      await rig.letMinutesPass();
      expect(await rig.engine.sessions.load('again')).toBeDefined();
      expect(rig.observed.forgotten).toEqual([]);
    },
  },
  {
    name: 'of more ended sessions than there may be, those that ended first are gone before their time',
    async run(rig) {
      const size = rig.limits.retention.maxEndedSessionBytes / 4;
      await rig.append('ends last', 0);
      for (const sessionId of ['a', 'b', 'c', 'd']) {
        rig.clock.advance(1);
        await makeEnded(rig, sessionId, { size: size - 100 });
      }
      rig.clock.advance(1);
      const index = { endedAt: rig.clock.now(), state: 'completed', members: [], labels: {} };
      await rig.append('ends last', 1, { index, texts: ['x'.repeat(size)] });
      await rig.letMinutesPass();
      expect(await listed(rig)).toEqual(['d', 'c', 'b', 'ends last']);
      expect(rig.observed.forgottenSessions).toEqual(['a']);
      expect(rig.observed.forgotten).toEqual([{ kind: 'session', count: 1, because: 'size' }]);
    },
  },
  {
    name: 'what is appended to an ended session counts, snapshots included, each in the place of the one before',
    async run(rig) {
      const size = rig.limits.retention.maxEndedSessionBytes / 4;
      await makeEnded(rig, 'first', { size: 600 });
      rig.clock.advance(1);
      await makeEnded(rig, 'second', { size });
      const snapshotText = 'x'.repeat(size);
      await rig.append('second', 1, { snapshotText });
      await rig.append('second', 2, { snapshotText });
      await rig.append('second', 3, { snapshotText });
      await rig.letMinutesPass();
      expect(await listed(rig)).toEqual(['second', 'first']);
      await rig.append('second', 4, { texts: ['x'.repeat(size * 2 - 400)] });
      await rig.letMinutesPass();
      expect(await listed(rig)).toEqual(['second']);
    },
  },
  {
    name: 'a large session is there whole or not at all while it is forgotten',
    async run(rig) {
      // Several steps of whatever an engine does in steps.
      const count = 300;
      const texts = Array.from({ length: count }, () => '');
      const index = { endedAt: rig.clock.now(), state: 'completed', members: [], labels: {} };
      await rig.append('s', 0, { texts, index });
      const seen = new Set<number>();
      rig.clock.advance(rig.limits.retention.endedSessionAgeMs);
      for (let look = 0; look < 60 && rig.observed.forgottenSessions.length === 0; look++) {
        const events = rig.engine.sessions.read({ sessionId: 's', after: 0, limit: 2 * count, maxBytes: 1e6 });
        const loaded = rig.engine.sessions.load('s');
        rig.clock.advance(10_000);
        seen.add((await events).length).add((await loaded)?.events.length ?? 0);
      }
      await expectGone(rig, 's');
      // Before the last of its events is gone, too.
      await rig.append('s', 0, { texts: ['anew'] });
      for (const minutes of [0, 3]) {
        await rig.letMinutesPass(minutes);
        expect((await rig.engine.sessions.load('s'))?.events.map((event) => text(event.bytes))).toEqual(['anew']);
      }
      // What is gone may be seen to be gone before it is told of.
      seen.delete(0);
      expect([...seen]).toEqual([count]);
    },
  },
  {
    name: 'whoever does not listen any more hears of no forgotten session',
    async run(rig) {
      const heard: string[] = [];
      const stop = rig.engine.sessions.onForgotten((sessionIds) => void heard.push(...sessionIds));
      await makeEnded(rig, 'a');
      rig.clock.advance(rig.limits.retention.endedSessionAgeMs);
      await rig.letMinutesPass();
      stop();
      stop();
      await makeEnded(rig, 'b', { index: { endedAt: 1 } });
      await rig.letMinutesPass();
      expect(rig.observed.forgottenSessions).toEqual(['a', 'b']);
      expect(heard).toEqual(['a']);
    },
  },
];
