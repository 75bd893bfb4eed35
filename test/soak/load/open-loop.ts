import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { type AgentConnection, connectAgent, MessageType } from '../../../src/client/index.ts';

export interface OpenLoopOptions {
  readonly address: string;
  readonly apiKey: string;
  /** Each has a connection of its own. */
  readonly agents: number;
  /** Messages a second, of all agents together. */
  readonly rate: number;
  /** The agents are `<name>://0`, `<name>://1` … */
  readonly name: string;
  readonly payloadBytes?: number;
}

/** What was seen since the last look. */
export interface LoopFigures {
  readonly sent: number;
  readonly handled: number;
  /** Milliseconds from the moment a message was due to be sent to its handler. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What became of everything that was accepted. */
export interface LoopLedger {
  readonly accepted: number;
  readonly handled: number;
  /** Ids that were accepted and never handled. */
  readonly lost: readonly string[];
  /** Deliveries of what had been handled before. */
  readonly repeated: number;
  /** Sends that were refused, by what they said. */
  readonly refused: Readonly<Record<string, number>>;
}

/** Well-behaved agents that send to each other in a ring, on a timetable of their own. */
export interface OpenLoop {
  /** Messages that were handled so far. */
  readonly handled: number;
  /** Figures since the last look; begins anew. */
  look(): LoopFigures;
  /** Sends no more, waits at most `limitMs` until all that was accepted was handled, and leaves. */
  stop(limitMs: number): Promise<LoopLedger>;
}

const TICK_MS = 5;

/**
 * Starts the agents and, once all of them are welcome, the timetable. A message is due at its place in the timetable, whatever became of
 * those before it, and its latency counts from there: a bus that pauses is charged for every message of the
 * pause, and not for the one alone that was under way ("coordinated omission").
 */
export async function startOpenLoop(options: OpenLoopOptions): Promise<OpenLoop> {
  const { rate, name } = options;
  const padding = 'x'.repeat(options.payloadBytes ?? 64);
  const accepted = new Set<string>();
  const handledIds = new Set<string>();
  const refused: Record<string, number> = {};
  let repeated = 0;
  let sent = 0;
  let histogram: RecordableHistogram = createHistogram();
  let before = { sent: 0, handled: 0 };
  const agents = Array.from({ length: options.agents }, (_, number) => {
    const agent = connectAgent({ ...options, agentId: `${name}://${number}` });
    agent.onMessage(({ messageId, payload }) => {
      if (handledIds.has(messageId)) repeated++;
      handledIds.add(messageId);
      histogram.record(Math.max(1, Math.round((performance.now() - Number(payload.due)) * 1_000)));
    });
    return agent;
  });
  await Promise.all(agents.map((agent) => agent.ready()));

  const send = async (from: AgentConnection, number: number, due: number): Promise<void> => {
    const messageId = `${name}-${number}`;
    const to = `${name}://${(number + 1) % agents.length}`;
    try {
      await from.send({ to, type: MessageType.NOTIFICATION, messageId, payload: { due, padding } });
      accepted.add(messageId);
    } catch (error) {
      const text = String(error);
      refused[text] = (refused[text] ?? 0) + 1;
    }
  };
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const dueByNow = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
    for (; sent < dueByNow; sent++) {
      const from = agents[sent % agents.length];
      if (from !== undefined) void send(from, sent, startedAt + (sent / rate) * 1_000);
    }
  }, TICK_MS);
  return {
    get handled() {
      return handledIds.size;
    },
    look() {
      const figures = {
        sent: sent - before.sent,
        handled: handledIds.size - before.handled,
        p50Ms: histogram.percentile(50) / 1_000,
        p99Ms: histogram.percentile(99) / 1_000,
        maxMs: histogram.max / 1_000,
      };
      before = { sent, handled: handledIds.size };
      histogram = createHistogram();
      return figures;
    },
    async stop(limitMs) {
      clearInterval(timer);
      const deadline = performance.now() + limitMs;
      const isOver = () => accepted.size + sum(refused) === sent && handledIds.size >= accepted.size;
      while (!isOver() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      await Promise.all(agents.map((agent) => agent.close({ graceMs: 1_000 })));
      const lost = [...accepted].filter((id) => !handledIds.has(id));
      return { accepted: accepted.size, handled: handledIds.size, lost, repeated, refused };
    },
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
