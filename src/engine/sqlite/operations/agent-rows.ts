import type { StoredAgent } from '../../engine.ts';
import type { Operation } from '../operation.ts';

export const putAgent: Operation<StoredAgent, void> = {
  writes: true,
  encode({ agentId, descriptor }, tape) {
    tape.text(agentId);
    tape.bytes(descriptor);
  },
  prepare({ db }) {
    const put = db.prepare('INSERT OR REPLACE INTO agents (agent_id, descriptor) VALUES (?, ?)');
    return (request) => void put.run(request.text(), request.bytes());
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
    const select = db.prepare('SELECT agent_id, descriptor FROM agents WHERE agent_id > ? ORDER BY agent_id LIMIT ?');
    return (request, reply) => {
      const rows = select.all(request.text(), request.number());
      reply.number(rows.length);
      for (const row of rows) {
        reply.text(row.agent_id as string);
        reply.bytes(row.descriptor as Uint8Array);
      }
    };
  },
  decode: (tape) =>
    Array.from({ length: tape.number() }, () => ({ agentId: tape.text(), descriptor: tape.ownBytes() })),
};
