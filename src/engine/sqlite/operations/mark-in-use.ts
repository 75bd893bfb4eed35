import type { Operation } from '../operation.ts';

export interface MarkRequest {
  readonly agentId: string;
  readonly inUse: boolean;
}

/** Notes that a mailbox is delivered from, or is not any more. */
export const markInUse: Operation<MarkRequest, void> = {
  writes: true,
  encode({ agentId, inUse }, tape) {
    tape.text(agentId);
    tape.number(inUse ? 1 : 0);
  },
  prepare({ db }) {
    const set = db.prepare(
      'INSERT INTO mailboxes (agent_id, in_use) VALUES (?, ?) ON CONFLICT (agent_id) DO UPDATE SET in_use = excluded.in_use',
    );
    const clear = db.prepare('DELETE FROM mailboxes WHERE agent_id = ?');
    return (request) => {
      const agentId = request.text();
      if (request.number() === 1) set.run(agentId, 1);
      else clear.run(agentId);
    };
  },
  decode() {},
};
