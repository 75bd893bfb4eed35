import { type AgentConnection, connectAgent, MessageType } from '@vibes/agent-communication-bus';
import { camelCase } from './camel-case.ts';
import type { Words } from './command.ts';

/** What `bench` is told. */
interface Bench {
  readonly address: string;
  readonly apiKey: string;
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  readonly bytes: number;
  /** Messages that are sent and not handled yet. */
  readonly window: number;
}

/** Sends notifications from one agent to another and says how long each took from `send` to its handler. */
export async function bench(words: Words): Promise<Words> {
  const { address, apiKey, from, to, messages, bytes, window } = camelCase<Bench>(words);
  const latenciesUs: number[] = [];
  const sentAt = new Map<string, number>();
  const finished = Promise.withResolvers<void>();
  const data = new Uint8Array(bytes);
  const run = `bench-${crypto.randomUUID()}`;
  let sent = 0;

  function sendOne(): void {
    const messageId = `${run}-${sent++}`;
    sentAt.set(messageId, performance.now());
    const message = { to, type: MessageType.NOTIFICATION, messageId, data, contentType: 'application/octet-stream' };
    sender.send(message).catch(finished.reject);
  }

  const receiver = connectAgent({
    address,
    apiKey,
    agentId: to,
    maxInFlight: window,
    onMessage({ messageId }) {
      const startedAt = sentAt.get(messageId);
      // Left over from an earlier run, or delivered again.
      if (startedAt === undefined) return;
      sentAt.delete(messageId);
      latenciesUs.push(Math.round((performance.now() - startedAt) * 1_000));
      if (latenciesUs.length === messages) finished.resolve();
      else if (sent < messages) sendOne();
    },
  });
  const sender = connectAgent({ address, apiKey, agentId: from });
  await Promise.all([receiver.ready(), sender.ready()]);

  const startedAt = performance.now();
  while (sent < Math.min(window, messages)) sendOne();
  await finished.promise;
  const elapsedMs = performance.now() - startedAt;
  await leave(sender, receiver);
  return { elapsed_ms: elapsedMs, latencies_us: latenciesUs };
}

async function leave(...agents: readonly AgentConnection[]): Promise<void> {
  await Promise.all(agents.map((agent) => agent.drain()));
}
