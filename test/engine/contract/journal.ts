import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, text, texts } from './rig.ts';

export const journalCases: ContractCase[] = [
  {
    name: 'a message is visible once its commit has resolved, and not before',
    async run(rig) {
      const message = rig.send();
      expect(await rig.lease()).toEqual([]);
      const { messageId } = await message;
      expect(await rig.record({ sender: SENDER, messageId })).toMatchObject({ state: 'queued' });
      expect(texts(await rig.lease())).toEqual([messageId]);
    },
  },
  {
    name: 'an event and a message in one write are both there',
    async run({ engine, clock, lease }) {
      await engine.journal.commit({
        append: {
          sessionId: 's',
          expectedSequence: 0,
          events: [bytes('asked')],
          index: { state: 'active', members: [], labels: {} },
        },
        messages: [
          {
            sender: SENDER,
            messageId: 'm',
            fingerprint: bytes('f'),
            recipients: [AGENT],
            priority: 2,
            acceptedAt: clock.now(),
            envelope: bytes('task'),
          },
        ],
      });
      expect(texts(await lease())).toEqual(['task']);
      expect((await engine.sessions.load('s'))?.lastSequence).toBe(1);
    },
  },
  {
    name: 'an append at another sequence than the last one is refused, and so is the message with it',
    async run(rig) {
      await rig.append('s', 0, { texts: ['one', 'two'] });
      const template = await rig.send();
      const message = { ...template, messageId: 'with-conflict' };
      const append = { sessionId: 's', expectedSequence: 1, events: [bytes('late')] };
      const facts = await refusal(rig.engine.journal.commit({ append, messages: [message] }), 'sequence_conflict');
      expect(facts).toMatchObject({ expected: 1, actual: 2 });
      expect(await rig.record(message)).toBeUndefined();
      expect(texts(await rig.lease())).toEqual([template.messageId]);
      expect((await rig.engine.sessions.load('s'))?.lastSequence).toBe(2);
    },
  },
  {
    name: 'a session is made by sequence 0 only, and only once',
    async run(rig) {
      await refusal(rig.append('s', 3), 'sequence_conflict');
      expect(await rig.engine.sessions.load('s')).toBeUndefined();
      await rig.append('s', 0);
      await refusal(rig.append('s', 0), 'sequence_conflict');
    },
  },
  {
    name: 'a message that is on record is refused, and so is the append with it',
    async run(rig) {
      const message = await rig.send();
      const append = {
        sessionId: 's',
        expectedSequence: 0,
        events: [bytes('asked')],
        index: { state: 'active', members: [], labels: {} },
      };
      const facts = await refusal(rig.engine.journal.commit({ append, messages: [message] }), 'duplicate_message');
      expect(facts).toMatchObject({ sender: SENDER, messageId: message.messageId });
      expect(await rig.engine.sessions.load('s')).toBeUndefined();
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'a message stays on record after it was acknowledged',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      await refusal(rig.engine.journal.commit({ messages: [message] }), 'duplicate_message');
    },
  },
  {
    name: 'one message id of two senders is two messages',
    async run(rig) {
      await rig.send({ messageId: 'm', sender: 'test://a' });
      await rig.send({ messageId: 'm', sender: 'test://b' });
      expect(await rig.lease()).toHaveLength(2);
    },
  },
  {
    name: 'of writes that go together, one that is refused leaves the others alone',
    async run(rig) {
      const results = await Promise.allSettled([
        rig.send({ messageId: 'a' }),
        rig.send({ messageId: 'a' }),
        rig.append('s', 0),
        rig.append('s', 0),
        rig.append('s', 1),
        rig.send({ messageId: 'b' }),
      ]);
      const statuses = results.map(({ status }) => status);
      expect(statuses).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(texts(await rig.lease())).toEqual(['a', 'b']);
      expect((await rig.engine.sessions.load('s'))?.lastSequence).toBe(2);
    },
  },
  {
    name: 'writes take effect in the order of the calls',
    async run(rig) {
      const expected = Array.from({ length: 30 }, (_, index) => `event ${index + 1}`);
      await Promise.all(expected.map((event, index) => rig.append('s', index, { texts: [event] })));
      const session = await rig.engine.sessions.load('s');
      expect(session?.events.map((event) => text(event.bytes))).toEqual(expected);
    },
  },
  {
    name: 'flush waits for every write that was accepted before it',
    async run(rig) {
      let resolved = 0;
      const writes = Array.from({ length: 20 }, async () => {
        await rig.send();
        resolved++;
      });
      await rig.engine.journal.flush();
      expect(await rig.lease()).toHaveLength(20);
      await Promise.all(writes);
      expect(resolved).toBe(20);
    },
  },
  {
    name: 'a mailbox takes no more messages than it may hold, and room comes back when one leaves',
    async run(rig) {
      const { maxMailboxMessages } = rig.limits;
      for (let count = 0; count < maxMailboxMessages; count++) await rig.send({ envelope: bytes('x') });
      const full = { bound: 'messages', limit: maxMailboxMessages, actual: maxMailboxMessages + 1 };
      expect(rig.engine.mailboxes.admit(AGENT, 1)).toEqual({ ok: false, ...full });
      expect(await refusal(rig.send({ envelope: bytes('x') }), 'mailbox_full')).toMatchObject(full);
      const { deliveryId } = await rig.leaseOne();
      expect(rig.engine.mailboxes.admit(AGENT, 1).ok).toBe(false);
      await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      expect(rig.engine.mailboxes.admit(AGENT, 1)).toEqual({ ok: true });
      await rig.send({ envelope: bytes('x') });
    },
  },
  {
    name: 'a mailbox takes no more bytes than it may hold',
    async run(rig) {
      const half = new Uint8Array(rig.limits.maxMailboxBytes / 2 - 100);
      await rig.send({ envelope: half });
      await rig.send({ envelope: half });
      const room = rig.engine.mailboxes.admit(AGENT, half.byteLength);
      expect(room).toMatchObject({ ok: false, bound: 'bytes', limit: rig.limits.maxMailboxBytes });
      await refusal(rig.send({ envelope: half }), 'mailbox_full');
      expect(rig.engine.mailboxes.admit('test://somebody-else', half.byteLength)).toEqual({ ok: true });
    },
  },
  {
    name: 'admit and commit agree to the byte',
    async run(rig) {
      await rig.send({ envelope: new Uint8Array(1_000) });
      let fits = rig.limits.maxMailboxBytes;
      while (!rig.engine.mailboxes.admit(AGENT, fits).ok) fits--;
      expect(fits).toBeGreaterThan(rig.limits.maxMailboxBytes - 1_100);
      await refusal(rig.send({ envelope: new Uint8Array(fits + 1) }), 'mailbox_full');
      await rig.send({ envelope: new Uint8Array(fits) });
    },
  },
  {
    name: 'admit answers for several messages that come together, by their number and by their bytes',
    async run(rig) {
      const { maxMailboxMessages, maxMailboxBytes } = rig.limits;
      await rig.send({ envelope: bytes('x') });
      const { mailboxes } = rig.engine;
      expect(mailboxes.admit(AGENT, maxMailboxMessages - 1, maxMailboxMessages - 1)).toEqual({ ok: true });
      expect(mailboxes.admit(AGENT, maxMailboxMessages, maxMailboxMessages)).toEqual({
        ok: false,
        bound: 'messages',
        limit: maxMailboxMessages,
        actual: maxMailboxMessages + 1,
      });
      expect(mailboxes.admit(AGENT, maxMailboxBytes, 2)).toMatchObject({ ok: false, bound: 'bytes' });
      const template = await rig.send({ messageId: 'template', recipients: [] });
      const messages = Array.from({ length: maxMailboxMessages - 1 }, (_, index) => ({
        ...template,
        ...{ messageId: `${index}`, recipients: [AGENT], envelope: bytes('x') },
      }));
      await rig.engine.journal.commit({ messages });
      expect(mailboxes.admit(AGENT, 1).ok).toBe(false);
    },
  },
  {
    name: 'room is taken when a write is accepted, not when it is durable, and given back when it is refused',
    async run(rig) {
      await rig.send({ messageId: 'known', envelope: bytes('x') });
      const free = rig.limits.maxMailboxMessages - 1;
      const refused = Array.from({ length: free }, () => rig.send({ messageId: 'known', envelope: bytes('x') }));
      expect(rig.engine.mailboxes.admit(AGENT, 1).ok).toBe(false);
      for (const one of refused) await refusal(one, 'duplicate_message');
      expect(rig.engine.mailboxes.admit(AGENT, 1)).toEqual({ ok: true });
    },
  },
  {
    name: 'the observer hears of every group of writes that became durable',
    async run(rig) {
      const before = rig.observed.committed.length;
      await Promise.all([rig.send(), rig.send(), rig.append('s', 0)]);
      await rig.engine.journal.flush();
      const writes = rig.observed.committed.slice(before).reduce((sum, group) => sum + group.writes, 0);
      expect(writes).toBe(3);
      for (const { durationMs } of rig.observed.committed) expect(durationMs).toBeGreaterThanOrEqual(0);
    },
  },
];
