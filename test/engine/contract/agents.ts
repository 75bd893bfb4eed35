import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, bytes, text } from './rig.ts';

export const agentCases: ContractCase[] = [
  {
    name: 'agents are put, replaced, removed, and listed in order',
    async run({ engine: { agents } }) {
      const ids = ['b://2', 'a://1', 'c://3'];
      for (const agentId of ids) await agents.put({ agentId, descriptor: bytes(`old ${agentId}`) });
      await agents.put({ agentId: 'b://2', descriptor: bytes('new') });
      const listed = await agents.list({ limit: 10 });
      expect(listed.map((agent) => [agent.agentId, text(agent.descriptor)])).toEqual([
        ['a://1', 'old a://1'],
        ['b://2', 'new'],
        ['c://3', 'old c://3'],
      ]);
      expect(await agents.remove('b://2')).toBe(true);
      expect(await agents.remove('b://2')).toBe(false);
      expect((await agents.list({ limit: 10 })).map((agent) => agent.agentId)).toEqual(['a://1', 'c://3']);
    },
  },
  {
    name: 'agents are listed page by page',
    async run({ engine: { agents } }) {
      for (const agentId of ['a', 'b', 'c']) await agents.put({ agentId, descriptor: bytes('') });
      expect((await agents.list({ limit: 2 })).map((agent) => agent.agentId)).toEqual(['a', 'b']);
      expect((await agents.list({ limit: 2, after: 'b' })).map((agent) => agent.agentId)).toEqual(['c']);
    },
  },
  {
    name: 'the mailbox of a removed agent stays',
    async run(rig) {
      await rig.engine.agents.put({ agentId: AGENT, descriptor: bytes('') });
      await rig.send();
      await rig.engine.agents.remove(AGENT);
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'metadata is put, replaced and read',
    async run({ engine: { metadata } }) {
      expect(await metadata.get('name')).toBeUndefined();
      await metadata.put('name', bytes('one'));
      await metadata.put('name', bytes('two'));
      await metadata.put('empty', bytes(''));
      expect(text((await metadata.get('name'))!)).toBe('two');
      expect(text((await metadata.get('empty'))!)).toBe('');
    },
  },
  ...(['an agent', 'a message', 'an event'] as const).map(
    (what): ContractCase => ({
      name: `metadata alone is no data, ${what} is`,
      async run(rig) {
        await rig.engine.metadata.put('name', bytes('value'));
        expect(await rig.engine.metadata.holdsData()).toBe(false);
        if (what === 'an agent') await rig.engine.agents.put({ agentId: AGENT, descriptor: bytes('') });
        if (what === 'a message') await rig.send();
        if (what === 'an event') await rig.append('s', 0);
        expect(await rig.engine.metadata.holdsData()).toBe(true);
      },
    }),
  ),
];
