import { expect } from 'vitest';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, text, texts } from './rig.ts';

const OTHER = 'test://other';
const THIRD = 'test://third';

/** Who holds a copy, and how it does. */
async function states(rig: Rig, messageId: string): Promise<string[][]> {
  const records = await rig.records({ sender: SENDER, messageId });
  return records.map(({ recipient, state }) => [recipient, state]);
}

export const copyCases: ContractCase[] = [
  {
    name: 'a message to several mailboxes is delivered and settled in each on its own',
    async run(rig) {
      const { messageId } = await rig.send({ recipients: [AGENT, OTHER, THIRD], envelope: bytes('to all') });
      const [mine, others] = [await rig.lease(), await rig.lease({ agentId: OTHER })];
      expect([texts(mine), texts(others)]).toEqual([['to all'], ['to all']]);
      await rig.acknowledge(mine);
      await rig.engine.mailboxes.discard(OTHER, [others[0]!.deliveryId], 'no');
      expect(await states(rig, messageId)).toEqual([
        [AGENT, 'acknowledged'],
        [OTHER, 'dead_lettered'],
        [THIRD, 'queued'],
      ]);
      expect(texts(await rig.lease({ agentId: THIRD }))).toEqual(['to all']);
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'a message to several mailboxes takes room in each, and gives it back in each',
    async run(rig) {
      const { mailboxes } = rig.engine;
      await rig.send({ recipients: [AGENT, OTHER] });
      expect([mailboxes.depth(AGENT).messages, mailboxes.depth(OTHER).messages]).toEqual([1, 1]);
      await rig.acknowledge(await rig.lease());
      expect([mailboxes.depth(AGENT), mailboxes.depth(OTHER).messages]).toEqual([{ messages: 0, bytes: 0 }, 1]);
      await rig.acknowledge(await rig.lease({ agentId: OTHER }), OTHER);
      expect(mailboxes.totalDepth()).toEqual({ messages: 0, bytes: 0 });
    },
  },
  {
    name: 'a message reaches no mailbox if one of them is full, and takes no room',
    async run(rig) {
      const { mailboxes } = rig.engine;
      for (let count = 0; count < rig.limits.maxMailboxMessages; count++)
        await rig.send({ recipients: [OTHER], envelope: bytes('x') });
      const before = mailboxes.totalDepth();
      const facts = await refusal(rig.send({ messageId: 'm', recipients: [AGENT, OTHER, THIRD] }), 'mailbox_full');
      expect(facts).toMatchObject({ agentId: OTHER });
      expect(await rig.records({ sender: SENDER, messageId: 'm' })).toEqual([]);
      expect(mailboxes.totalDepth()).toEqual(before);
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'a message to no mailbox is on record as acknowledged, and is a duplicate the second time',
    async run(rig) {
      const message = await rig.send({ recipients: [] });
      const record = await rig.record(message);
      expect(record).toMatchObject({
        recipient: '',
        state: 'acknowledged',
        attempts: 0,
        acceptedAt: message.acceptedAt,
      });
      expect(text(record!.fingerprint)).toBe(text(message.fingerprint));
      expect(rig.engine.mailboxes.totalDepth()).toEqual({ messages: 0, bytes: 0 });
      await refusal(rig.send(message), 'duplicate_message');
    },
  },
  {
    name: 'several messages of one write are accepted together, in their order',
    async run(rig) {
      const template = await rig.send({ messageId: 'first' });
      const messages = ['a', 'b', 'c'].map((messageId) => ({ ...template, messageId, envelope: bytes(messageId) }));
      await rig.engine.journal.commit({ messages });
      expect(texts(await rig.lease())).toEqual(['first', 'a', 'b', 'c']);
    },
  },
  {
    name: 'of several messages of one write none is accepted if one is a duplicate, be it of another one of them',
    async run(rig) {
      const known = await rig.send({ messageId: 'known' });
      const before = rig.engine.mailboxes.totalDepth();
      const fresh = { ...known, messageId: 'fresh' };
      for (const messages of [
        [fresh, known],
        [fresh, { ...known, messageId: 'twice' }, { ...known, messageId: 'twice', recipients: [OTHER] }],
      ]) {
        await refusal(rig.engine.journal.commit({ messages }), 'duplicate_message');
        expect(await rig.records(fresh)).toEqual([]);
      }
      expect(rig.engine.mailboxes.totalDepth()).toEqual(before);
      expect(texts(await rig.lease())).toEqual(['known']);
    },
  },
  {
    name: 'further copies of a message on record are accepted, for others and for the same recipient again',
    async run(rig) {
      const message = await rig.send({ recipients: [AGENT, OTHER] });
      await rig.acknowledge(await rig.lease());
      rig.clock.advance(5);
      await rig.send({ ...message, recipients: [THIRD], further: true, acceptedAt: rig.clock.now() });
      await rig.send({ ...message, recipients: [AGENT], further: true, acceptedAt: rig.clock.now() });
      expect(await states(rig, message.messageId)).toEqual([
        [AGENT, 'acknowledged'],
        [OTHER, 'queued'],
        [THIRD, 'queued'],
        [AGENT, 'queued'],
      ]);
      expect((await rig.records(message)).map(({ acceptedAt }) => acceptedAt - message.acceptedAt)).toEqual([
        0, 0, 5, 5,
      ]);
      expect(await rig.lease()).toHaveLength(1);
      await refusal(rig.send(message), 'duplicate_message');
    },
  },
  {
    name: 'one mailbox may hold several copies of a message, each settled on its own',
    async run(rig) {
      const message = await rig.send();
      await rig.send({ ...message, further: true });
      const [first, second] = await rig.lease();
      await rig.acknowledge([second!]);
      expect(await states(rig, message.messageId)).toEqual([
        [AGENT, 'delivered'],
        [AGENT, 'acknowledged'],
      ]);
      await rig.acknowledge([first!]);
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(0);
    },
  },
  {
    name: 'a message and further copies of it can be in one write, with what else differs between them',
    async run(rig) {
      const template = await rig.send({ messageId: 'template', recipients: [] });
      const message = { ...template, messageId: 'm', recipients: [AGENT], tag: 7 };
      const later = { ...message, recipients: [OTHER], further: true, tag: 8, availableAt: rig.clock.now() + 1_000 };
      await rig.engine.journal.commit({ messages: [message, later] });
      expect(await rig.leaseOne()).toMatchObject({ messageId: 'm', tag: 7 });
      expect(await rig.lease({ agentId: OTHER })).toEqual([]);
      rig.clock.advance(1_000);
      expect(await rig.leaseOne({ agentId: OTHER })).toMatchObject({ messageId: 'm', tag: 8 });
    },
  },
  {
    name: 'further copies need no message on record before them',
    async run(rig) {
      const message = await rig.send({ further: true });
      expect(await rig.leaseOne()).toMatchObject({ messageId: message.messageId });
      await refusal(rig.send({ ...message, further: false }), 'duplicate_message');
    },
  },
  {
    name: 'a broadcast to 256 mailboxes is found, taken back and accepted again whole',
    async run(rig) {
      const recipients = Array.from({ length: 256 }, (_, index) => `test://agent-${index}`);
      const message = await rig.send({ recipients });
      await rig.send({ ...message, further: true });
      expect((await rig.records(message)).map(({ recipient }) => recipient)).toEqual([...recipients, ...recipients]);
      expect(await rig.lease({ agentId: recipients[255]! })).toHaveLength(2);
      const withdraw = recipients.map((recipient) => ({ ...message, recipient, reason: 'over' }));
      await rig.engine.journal.commit({ withdraw });
      expect(rig.observed.ended).toHaveLength(512);
      expect(rig.engine.mailboxes.totalDepth()).toEqual({ messages: 0, bytes: 0 });
      expect(new Set((await rig.records(message)).map(({ state }) => state))).toEqual(new Set(['withdrawn']));
    },
  },
  {
    name: 'the records of a message stay for as long as one of its copies waits, and are forgotten together',
    async run(rig) {
      const message = await rig.send({ recipients: [AGENT, OTHER, THIRD] });
      await rig.acknowledge(await rig.lease());
      await rig.send({ messageId: 'newer' });
      rig.clock.advance(rig.limits.retention.messageAgeMs + 10 * 60_000);
      await rig.engine.journal.flush();
      expect(await states(rig, message.messageId)).toHaveLength(3);
      await rig.acknowledge(await rig.lease({ agentId: OTHER }), OTHER);
      await rig.acknowledge(await rig.lease({ agentId: THIRD }), THIRD);
      rig.clock.advance(10 * 60_000);
      await rig.engine.journal.flush();
      expect(await rig.records(message)).toEqual([]);
      await rig.send({ ...message, acceptedAt: rig.clock.now() });
    },
  },
];
