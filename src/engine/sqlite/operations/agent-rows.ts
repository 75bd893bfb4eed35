import type { StoredAgent } from '../../engine.ts';
import { assertSum, sumOfNamed } from '../checksums.ts';
import type { Operation } from '../operation.ts';

interface Row {
  readonly agent_id: string;
  readonly descriptor: Uint8Array;
  readonly sum: number | null;
}

export const putAgent: Operation<StoredAgent, void> = {
  writes: true,
  encode({ agentId, descriptor }, tape) {
    tape.text(agentId);
    tape.bytes(descriptor);
  },
  prepare({ db }) {
    const put = db.prepare('INSERT OR REPLACE INTO agents (agent_id, descriptor, sum) VALUES (?, ?, ?)');
    return (request) => {
      const agentId = request.text();
      const descriptor = request.bytes();
      put.run(agentId, descriptor, sumOfNamed(agentId, descriptor));
    };
  },
  decode() {},
};

/** Whether there was one. */
export const removeAgent: Operation<string, boolean> = {
  writes: true,
  encode: (agentId, tape) => tape.text(agentId),
  prepare({ db }) {
    const remove = db.prepare('DELETE FROM agents WHERE agent_id = ?');
    return (request, reply) => reply.number(Number(remove.run(request.text()).changes));
  },
  decode: (tape) => tape.number() > 0,
};

export const listAgents: Operation<{ readonly after: string; readonly limit: number }, StoredAgent[]> = {
  writes: false,
  encode({ after, limit }, tape) {
    tape.text(after);
    tape.number(limit);
  },
  prepare({ db }) {
    const select = db.prepare('SELECT * FROM agents WHERE agent_id > ? ORDER BY agent_id LIMIT ?');
    return (request, reply) => {
      const rows = select.all(request.text(), request.number()) as unknown[] as Row[];
      reply.number(rows.length);
      for (const row of rows) {
        const { agent_id: agentId, descriptor, sum } = row;
        assertSum(sum, sumOfNamed(agentId, descriptor), { table: 'agents', place: agentId });
        reply.text(agentId);
        reply.bytes(descriptor);
      }
    };
  },
  decode: (tape) =>
    Array.from({ length: tape.number() }, () => ({ agentId: tape.text(), descriptor: tape.ownBytes() })),
};
