import type { Engine, NewMessage } from '../../src/engine/engine.ts';

/** Messages that one lane sends, takes and acknowledges at a time, like a client that batches. */
const BATCH = 64;
/** Lanes at work together: enough that no commit waits for one of them. */
const LANES = 16;
const ENVELOPE_BYTES = 256;

/** Sends, leases and acknowledges until the time is over; returns how many rounds it were. */
export type Load = (ms: number) => Promise<number>;

export function createEngineLoad(engine: Engine, agents: readonly string[]): Load {
  const envelope = new Uint8Array(ENVELOPE_BYTES).fill(7);
  const fingerprint = new Uint8Array(32).fill(9);
  let named = 0;
  const batchFor = (agentId: string, sender: string): NewMessage[] => {
    const recipients = [agentId];
    const acceptedAt = Date.now();
    return Array.from({ length: BATCH }, () => {
      const messageId = `sent-${process.pid}-${++named}`;
      return { sender, messageId, fingerprint, recipients, priority: 2, acceptedAt, envelope };
    });
  };
  const accept = (messages: readonly NewMessage[]): Promise<void> =>
    new Promise((resolve, reject) => {
      const done = (refusals: ReadonlyMap<number, Error> | undefined): void => {
        const [refusal] = refusals?.values() ?? [];
        if (refusal === undefined) resolve();
        else reject(refusal);
      };
      engine.journal.accept(messages, { done, failed: reject });
    });
  const round = async (agentId: string, sender: string): Promise<number> => {
    await accept(batchFor(agentId, sender));
    const request = { agentId, holder: sender, limit: BATCH, maxBytes: 1 << 20, leaseMs: 30_000 };
    const leases = await engine.mailboxes.lease(request);
    const deliveryIds = leases.map(({ deliveryId }) => deliveryId);
    const { stale } = await engine.mailboxes.acknowledge(agentId, deliveryIds);
    if (stale.length > 0) throw new Error('an acknowledgement came too late');
    return leases.length;
  };
  // Agents belong to lanes, so that what a lane sends is there when it leases.
  const lanes = Math.min(LANES, agents.length);
  const next = Array.from({ length: lanes }, (_, lane) => lane);
  return async (ms) => {
    const until = performance.now() + ms;
    const runLane = async (lane: number): Promise<number> => {
      let rounds = 0;
      while (performance.now() < until) {
        const place = next[lane] as number;
        next[lane] = place + lanes < agents.length ? place + lanes : lane;
        rounds += await round(agents[place] as string, `bench://sender-${lane}`);
      }
      return rounds;
    };
    const rounds = await Promise.all(next.map((_, lane) => runLane(lane)));
    return rounds.reduce((sum, count) => sum + count, 0);
  };
}
