import { connectAgent, connectOrchestrator, MessageType, Reject } from '../../src/client/index.ts';
import type { Random } from '../../src/lib/random.ts';

/** What happens beside the steady traffic, about once a second each. */
export interface SideTraffic {
  readonly counts: Readonly<Record<SideEvent, number>>;
  /** Whatever went wrong, by its text. */
  readonly failures: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

type SideEvent = 'sessions' | 'tasks' | 'reconnects' | 'rejected' | 'sent_to_stalled';

export interface SideTrafficOptions {
  readonly address: string;
  readonly apiKey: string;
  readonly random: Pick<Random, 'next'>;
  /** Agents that get mail now and then and do not take it. */
  readonly stalled: readonly string[];
}

const EVERY_MS = 500;

/**
 * Makes sessions, has tasks done in them and ends them; connects an agent again and again; sends what is rejected for good, so that it
 * becomes dead letters; and sends to the stalled, mail that expires.
 */
export async function startSideTraffic({ address, apiKey, random, stalled }: SideTrafficOptions): Promise<SideTraffic> {
  const at = { address, apiKey };
  const counts = { sessions: 0, tasks: 0, reconnects: 0, rejected: 0, sent_to_stalled: 0 };
  const failures: Record<string, number> = {};
  const orchestrator = connectOrchestrator({ ...at, agentId: 'soak://lead' });
  const worker = connectAgent({ ...at, agentId: 'soak://worker', onTask: ({ payload }) => payload });
  const picky = connectAgent({
    ...at,
    agentId: 'soak://picky',
    onMessage() {
      throw new Reject('not for me');
    },
  });
  await Promise.all([worker.ready(), picky.ready()]);

  const session = async (): Promise<void> => {
    const made = await orchestrator.createSession({
      participants: [{ agentId: 'soak://worker', role: 'worker' }],
      sharedContext: { text: 'x'.repeat(Math.floor(random.next() * 4_000)) },
    });
    await Promise.all(
      Array.from({ length: 5 }, async (_, number) => {
        const taskId = `${made.id}-${number}`;
        await made.ask({ to: 'soak://worker', taskId, payload: { number } });
        counts.tasks++;
      }),
    );
    await made.complete({ summary: 'done' });
    counts.sessions++;
  };
  const reconnect = async (): Promise<void> => {
    const agent = connectAgent({ ...at, agentId: 'soak://guest', onMessage: () => {} });
    await agent.ready();
    await agent.close();
    counts.reconnects++;
  };
  const reject = async (): Promise<void> => {
    await worker.send({ to: 'soak://picky', type: MessageType.NOTIFICATION, payload: { text: 'please' } });
    counts.rejected++;
  };
  const disturb = async (): Promise<void> => {
    for (const to of stalled) {
      const expiresAt = new Date(Date.now() + 20_000);
      await worker.send({ to, type: MessageType.NOTIFICATION, payload: { text: 'x'.repeat(10_000) }, expiresAt });
      counts.sent_to_stalled++;
    }
  };
  let isOver = false;
  const repeat = async (act: () => Promise<void>): Promise<void> => {
    while (!isOver) {
      try {
        await act();
      } catch (error) {
        const text = String(error);
        failures[text] = (failures[text] ?? 0) + 1;
      }
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS * (0.5 + random.next())));
    }
  };
  const loops = [session, reconnect, reject, disturb].map(repeat);
  return {
    counts,
    failures,
    async stop() {
      isOver = true;
      await Promise.all(loops);
      await Promise.all([worker.close(), picky.close()]);
      orchestrator.close();
    },
  };
}
