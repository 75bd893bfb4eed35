import type { Acknowledgement, Engine } from '../../../src/engine/engine.ts';
import { openEngine as openRealEngine } from '../../../src/engine/open.ts';

/** How long this store lags behind its word. */
const LAG_MS = 200;

/** What the store does wrong. All else it does as the real one. */
const FAULTS: Readonly<Record<string, (engine: Engine) => Engine>> = {
  /** Says that an acknowledgement is on disk, and writes it later. */
  'early acknowledgement': (engine) => ({
    ...engine,
    mailboxes: {
      ...engine.mailboxes,
      acknowledge(agentId, deliveryIds): Promise<Acknowledgement> {
        later(() => engine.mailboxes.acknowledge(agentId, deliveryIds));
        return Promise.resolve({ stale: [], tagged: [] });
      },
    },
  }),
  /** Says that messages and events are on disk, and writes them later, in their order. */
  'early commit': (engine) => ({
    ...engine,
    journal: {
      ...engine.journal,
      commit(write) {
        later(() => engine.journal.commit(write));
        return Promise.resolve();
      },
      accept(messages, { done, failed }) {
        later(() => new Promise((resolve) => engine.journal.accept(messages, { done: resolve, failed })));
        queueMicrotask(() => done(undefined));
      },
    },
  }),
  /** Loses what is written with every hundredth message, without a word. */
  'lost message': (engine) => {
    let count = 0;
    const isLost = (messages: number): boolean => {
      const before = Math.floor(count / 100);
      count += messages;
      return Math.floor(count / 100) > before;
    };
    return {
      ...engine,
      journal: {
        ...engine.journal,
        commit: (write) =>
          write.append === undefined && isLost(write.messages?.length ?? 0)
            ? Promise.resolve()
            : engine.journal.commit(write),
        accept(messages, callbacks) {
          if (isLost(messages.length)) queueMicrotask(() => callbacks.done(undefined));
          else engine.journal.accept(messages, callbacks);
        },
      },
    };
  },
  /** Does not say that a delivery may be a second one. */
  'no marks': (engine) => ({
    ...engine,
    mailboxes: {
      ...engine.mailboxes,
      async lease(request) {
        const leases = await engine.mailboxes.lease(request);
        return leases.map(({ redeliveredBecause: _, ...lease }) => ({ ...lease, attempt: 1 }));
      },
    },
  }),
};

/** Opens the store with the fault that the environment names. */
export const openEngine: typeof openRealEngine = async (options) => {
  const fault = FAULTS[process.env.AGENTBUS_FAULT ?? ''];
  if (fault === undefined) throw new Error(`AGENTBUS_FAULT is one of: ${Object.keys(FAULTS).join(', ')}`);
  return fault(await openRealEngine(options));
};

/** What comes of it, nobody is told: that is the fault. */
function later(write: () => Promise<unknown>): void {
  setTimeout(() => void write().catch(() => undefined), LAG_MS);
}
