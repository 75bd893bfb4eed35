// Goal: many messages in one call are what as many commits of one message each would be.
// Method: calls of `accept` beside calls of `commit`, each case with a repeat, a full mailbox or a failure among the others.
import { expect } from 'vitest';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, text, texts } from './rig.ts';

const OTHER = 'test://somebody-else';

/** The code of each refusal, by position. */
async function refused(rig: Rig, ...messages: Parameters<Rig['accept']>): Promise<Record<number, string> | undefined> {
  const refusals = await rig.accept(...messages);
  return refusals && Object.fromEntries([...refusals].map(([place, { code }]) => [place, code]));
}

export const acceptCases: ContractCase[] = [
  {
    name: 'messages that are accepted together are visible once that is done, and not before',
    async run(rig) {
      const accepted = rig.accept(['a', 'b', 'c'].map((messageId) => rig.message({ messageId })));
      expect(await rig.lease()).toEqual([]);
      expect(await accepted).toBeUndefined();
      expect(await rig.record({ sender: SENDER, messageId: 'b' })).toMatchObject({ state: 'queued' });
      expect(texts(await rig.lease())).toEqual(['a', 'b', 'c']);
    },
  },
  {
    name: 'of messages that are accepted together, each is refused by itself',
    async run(rig) {
      const known = await rig.send({ messageId: 'known', recipients: [OTHER] });
      const messages = [
        rig.message({ messageId: 'a' }),
        known,
        rig.message({ messageId: 'b' }),
        rig.message({ messageId: 'a', envelope: bytes('once more') }),
        rig.message({ messageId: 'c' }),
      ];
      const refusals = await rig.accept(messages);
      expect([...(refusals ?? [])].map(([place, { name, code, facts }]) => ({ place, name, code, facts }))).toEqual([
        { place: 1, name: 'EngineError', code: 'duplicate_message', facts: { sender: SENDER, messageId: 'known' } },
        { place: 3, name: 'EngineError', code: 'duplicate_message', facts: { sender: SENDER, messageId: 'a' } },
      ]);
      expect(texts(await rig.lease())).toEqual(['a', 'b', 'c']);
      expect(texts(await rig.lease({ agentId: OTHER }))).toEqual(['known']);
    },
  },
  {
    name: 'messages that are accepted together and writes take effect in the order of the calls',
    async run(rig) {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((messageId) => rig.message({ messageId }));
      const results = await Promise.all([
        refused(rig, [a!, b!]),
        refusal(rig.send(b), 'duplicate_message'),
        rig.send(c),
        refused(rig, [c!, d!]),
        refused(rig, [a!]),
      ]);
      expect([results[0], results[3], results[4]]).toEqual([
        undefined,
        { 0: 'duplicate_message' },
        { 0: 'duplicate_message' },
      ]);
      expect(texts(await rig.lease())).toEqual(['a', 'b', 'c', 'd']);
    },
  },
  {
    name: 'done is called once, in the order of the calls, and never before accept returns',
    async run(rig) {
      const { journal } = rig.engine;
      const told: string[] = [];
      const failed = (): void => void told.push('failed');
      const known = await rig.send();
      const tooLarge = rig.message({ envelope: new Uint8Array(rig.limits.maxMailboxBytes + 1) });
      journal.accept([rig.message()], { done: () => void told.push('one'), failed });
      const written = rig.send().then(() => told.push('write'));
      journal.accept([known, rig.message()], { done: () => void told.push('two'), failed });
      expect(told).toEqual([]);
      await journal.flush();
      await written;
      expect(told).toHaveLength(3);
      expect(told.filter((one) => one !== 'write')).toEqual(['one', 'two']);
      // Nothing of it has to be written.
      journal.accept([tooLarge], { done: () => void told.push('none'), failed });
      expect(told).toHaveLength(3);
      await journal.flush();
      expect(told.slice(3)).toEqual(['none']);
    },
  },
  {
    name: 'of messages that are accepted together, those go that there is room for',
    async run(rig) {
      const half = new Uint8Array(rig.limits.maxMailboxBytes / 2 - 100);
      const tooLarge = new Uint8Array(300);
      const messages = [
        rig.message({ messageId: 'a', envelope: half }),
        rig.message({ messageId: 'b', envelope: half }),
        rig.message({ messageId: 'full', envelope: tooLarge }),
        rig.message({ messageId: 'c', recipients: [OTHER] }),
        rig.message({ messageId: 'in part', recipients: ['test://with-room', AGENT], envelope: tooLarge }),
        rig.message({ messageId: 'a', recipients: [OTHER] }),
      ];
      const refusals = await rig.accept(messages);
      expect([...(refusals ?? [])].map(([place, { code }]) => [place, code]).sort()).toEqual([
        [2, 'mailbox_full'],
        [4, 'mailbox_full'],
        [5, 'duplicate_message'],
      ]);
      expect(refusals?.get(2)?.facts).toMatchObject({
        agentId: AGENT,
        bound: 'bytes',
        limit: rig.limits.maxMailboxBytes,
      });
      expect(rig.engine.mailboxes.depth('test://with-room')).toEqual({ messages: 0, bytes: 0 });
      expect(texts(await rig.lease({ agentId: OTHER }))).toEqual(['c']);
      expect((await rig.lease()).map(({ messageId }) => messageId)).toEqual(['a', 'b']);
      // What was refused for want of room is on no record: it may come again.
      expect(await rig.record({ sender: SENDER, messageId: 'full' })).toBeUndefined();
      expect(await refused(rig, [{ ...messages[2]!, recipients: [OTHER] }])).toBeUndefined();
    },
  },
  {
    name: 'messages that are accepted together take room at once, and what is refused gives it back',
    async run(rig) {
      await rig.send({ messageId: 'known', envelope: bytes('x') });
      const free = rig.limits.maxMailboxMessages - 1;
      const repeat = rig.message({ messageId: 'known', envelope: bytes('x') });
      const accepted = refused(
        rig,
        Array.from({ length: free }, () => repeat),
      );
      expect(rig.engine.mailboxes.admit(AGENT, 1).ok).toBe(false);
      expect(Object.keys((await accepted) ?? {})).toHaveLength(free);
      expect(rig.engine.mailboxes.admit(AGENT, 1)).toEqual({ ok: true });
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(1);
    },
  },
  {
    name: 'messages of every kind may be accepted together',
    async run(rig) {
      const { clock } = rig;
      const known = await rig.send({ messageId: 'further', recipients: [] });
      const now = clock.now();
      const messages = [
        rig.message({ messageId: 'copies', recipients: [AGENT, OTHER], tag: 7 }),
        rig.message({ messageId: 'nobody', recipients: [] }),
        rig.message({ messageId: 'kept', recipients: [OTHER], keep: true }),
        { ...known, recipients: [AGENT], further: true },
        rig.message({ messageId: 'late', availableAt: now + 60_000 }),
        rig.message({ messageId: 'urgent', priority: 4 }),
        rig.message({ messageId: 'brief', expiresAt: now + 1_000 }),
      ];
      expect(await rig.accept(messages)).toBeUndefined();
      const leases = await rig.lease();
      expect(leases.map(({ messageId, tag }) => [messageId, tag])).toEqual([
        ['urgent', 0],
        ['copies', 7],
        ['further', 0],
        ['brief', 0],
      ]);
      expect(texts(await rig.lease({ agentId: OTHER }))).toEqual(['copies', 'kept']);
      expect(await rig.record(messages[1]!)).toMatchObject({ recipient: '', state: 'acknowledged' });
      expect(text((await rig.engine.messages.envelope(messages[2]!))!)).toBe('kept');
      expect(await rig.records(known)).toHaveLength(2);
      clock.advance(60_000);
      expect(texts(await rig.lease({ holder: 'later' }))).toEqual(expect.arrayContaining(['late']));
    },
  },
  {
    name: 'many calls of accept in one turn keep their order, whatever size they have',
    async run(rig) {
      const sizes = [1, 7, 1, 12, 3];
      let count = 0;
      const calls = sizes.map((size) =>
        Array.from({ length: size }, () => rig.message({ messageId: `m-${count++}`, envelope: bytes('x') })),
      );
      expect(await Promise.all(calls.map((messages) => rig.accept(messages)))).toEqual(sizes.map(() => undefined));
      const leases = await rig.lease();
      expect(leases.map(({ messageId }) => messageId)).toEqual(calls.flat().map(({ messageId }) => messageId));
    },
  },
  {
    name: 'messages that are accepted together are found by what follows in the same turn',
    async run(rig) {
      const messages = Array.from({ length: 20 }, (_, index) =>
        rig.message({ messageId: `m-${index}`, envelope: bytes('x') }),
      );
      const [refusals, found] = await Promise.all([
        rig.accept(messages),
        rig.engine.messages.find(messages),
        rig.withdraw(messages[19]!),
        refusal(rig.send(messages[18]), 'duplicate_message'),
      ]);
      expect(refusals).toBeUndefined();
      expect(found.map((records) => records.length)).toEqual(messages.map(() => 1));
      expect(await rig.record(messages[19]!)).toMatchObject({ state: 'withdrawn' });
      expect(await rig.lease()).toHaveLength(19);
    },
  },
  {
    name: 'the observer counts each message that was accepted together with others as a write',
    async run(rig) {
      const before = rig.observed.committed.length;
      await Promise.all([rig.accept([rig.message(), rig.message(), rig.message()]), rig.send()]);
      await rig.engine.journal.flush();
      const writes = rig.observed.committed.slice(before).reduce((sum, group) => sum + group.writes, 0);
      expect(writes).toBe(4);
    },
  },
  {
    name: 'accept takes no message that nobody could keep, and none of those beside it',
    async run(rig) {
      const callbacks = { done: () => expect.unreachable(), failed: () => expect.unreachable() };
      const { journal } = rig.engine;
      for (const wrong of [{ priority: 5 }, { tag: 70_000 }, { recipients: [AGENT, AGENT] }]) {
        const messages = [rig.message({ messageId: 'beside' }), rig.message(wrong)];
        expect(() => journal.accept(messages, callbacks)).toThrow(/priority|tag|recipient/);
      }
      expect(() => journal.accept([], callbacks)).toThrow(TypeError);
      await journal.flush();
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(0);
      expect(await rig.record({ sender: SENDER, messageId: 'beside' })).toBeUndefined();
    },
  },
  {
    name: 'what was accepted before a close is durable after it, and accept throws then',
    async run(rig) {
      const accepted = rig.accept([rig.message(), rig.message()]);
      const closed = rig.engine.close();
      expect(await accepted).toBeUndefined();
      await closed;
      await refusal(rig.accept([rig.message()]), 'closed');
    },
  },
];
