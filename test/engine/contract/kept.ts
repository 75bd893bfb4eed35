import { expect } from 'vitest';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, text, texts } from './rig.ts';

const OTHER = 'test://other';

async function kept(rig: Rig, messageId: string): Promise<string | undefined> {
  const envelope = await rig.engine.messages.envelope({ sender: SENDER, messageId });
  return envelope && text(envelope);
}

export const keptCases: ContractCase[] = [
  {
    name: 'a kept envelope can be read until it is forgotten, whatever becomes of the copies',
    async run(rig) {
      const message = await rig.send({ recipients: [AGENT, OTHER], keep: true, envelope: bytes('kept') });
      expect(await kept(rig, message.messageId)).toBe('kept');
      await rig.acknowledge(await rig.lease());
      await rig.withdraw(message, { recipient: OTHER });
      expect(await kept(rig, message.messageId)).toBe('kept');
      await rig.engine.journal.commit({ forget: [message] });
      expect(await kept(rig, message.messageId)).toBeUndefined();
      expect(await rig.records(message)).toHaveLength(2);
    },
  },
  {
    name: 'the envelope of a message that is not kept, or that was never accepted, is not to be had',
    async run(rig) {
      const { messageId } = await rig.send();
      await rig.send({ messageId: 'broadcast', recipients: [AGENT, OTHER] });
      expect(await kept(rig, messageId)).toBeUndefined();
      expect(await kept(rig, 'broadcast')).toBeUndefined();
      expect(await kept(rig, 'never')).toBeUndefined();
    },
  },
  {
    name: 'a message to no mailbox can be kept',
    async run(rig) {
      const { messageId } = await rig.send({ recipients: [], keep: true, envelope: bytes('nobody yet') });
      expect(await kept(rig, messageId)).toBe('nobody yet');
    },
  },
  {
    name: 'what is forgotten while copies wait is delivered all the same',
    async run(rig) {
      const one = await rig.send({ messageId: 'one', keep: true });
      const two = await rig.send({ messageId: 'two', keep: true, recipients: [AGENT, OTHER] });
      await rig.engine.journal.commit({ forget: [one, two, { sender: SENDER, messageId: 'never' }] });
      expect(await kept(rig, 'one')).toBeUndefined();
      expect(texts(await rig.lease())).toEqual(['one', 'two']);
      expect(texts(await rig.lease({ agentId: OTHER }))).toEqual(['two']);
    },
  },
  {
    name: 'of one write, what is to be forgotten is forgotten before what is to be kept',
    async run(rig) {
      const message = await rig.send({ keep: true, envelope: bytes('old') });
      const again = { ...message, further: true, envelope: bytes('new') };
      await rig.engine.journal.commit({ messages: [again], forget: [message] });
      expect(await kept(rig, message.messageId)).toBe('new');
    },
  },
  {
    name: 'a write that is refused forgets nothing',
    async run(rig) {
      const message = await rig.send({ keep: true });
      await refusal(rig.engine.journal.commit({ forget: [message], messages: [message] }), 'duplicate_message');
      expect(await kept(rig, message.messageId)).toBe(message.messageId);
    },
  },
  {
    name: 'a message whose envelope is kept stays on record, however old, and goes some time after it is forgotten',
    async run(rig) {
      const message = await rig.send({ recipients: [AGENT, OTHER], keep: true });
      await rig.withdraw(message);
      await rig.withdraw(message, { recipient: OTHER });
      await rig.send({ messageId: 'newer' });
      rig.clock.advance(rig.limits.retention.messageAgeMs + 10 * 60_000);
      await rig.engine.journal.flush();
      expect(await kept(rig, message.messageId)).toBe(message.messageId);
      expect(await rig.records(message)).toHaveLength(2);
      await refusal(rig.send(message), 'duplicate_message');
      await rig.engine.journal.commit({ forget: [message] });
      rig.clock.advance(10 * 60_000);
      await rig.engine.journal.flush();
      expect(await rig.records(message)).toEqual([]);
    },
  },
  {
    name: 'a caller keeps its buffers, and what was read is its own',
    async run(rig) {
      const envelope = bytes('kept');
      const message = await rig.send({ keep: true, envelope });
      (await rig.engine.messages.envelope(message))?.fill(0);
      expect(await kept(rig, message.messageId)).toBe('kept');
      expect(text(envelope)).toBe('kept');
    },
  },
];
