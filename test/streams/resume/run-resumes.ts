import { setTimeout as delay } from 'node:timers/promises';
import { callJson } from '../../call-json.ts';
import { createSeededRandom } from '../../client/seeded-random.ts';
import { startBusProcess } from '../../start-bus-process.ts';
import { type CuttingNetwork, createCuttingNetwork } from '../cutting-network.ts';
import { type Counts, createLedger, type Ledger } from './ledger.ts';
import { planCuts } from './plan-cuts.ts';
import { startReceiver } from './receiver.ts';
import type { Reconnecting } from './reconnecting.ts';
import { startSender } from './sender.ts';

export interface RunOptions {
  /** Times that a client is welcomed again after its connection broke. */
  readonly resumes: number;
  readonly seed: number;
  /** Most time without any progress, in milliseconds: a run that hangs is a run that failed. */
  readonly patienceMs?: number;
}

export interface RunReport extends Counts {
  readonly resumes: number;
  /** Connections made, and those of them that broke at the byte where the seed says. */
  readonly connections: number;
  readonly cuts: number;
  readonly violations: readonly string[];
}

const SENDERS = ['claude-code://sender-1', 'claude-code://sender-2', 'codex://sender-3'];
const RECEIVERS = ['opencode://receiver-1', 'opencode://receiver-2', 'codex://receiver-3'];
const SESSION = 'sess_resumes';

/**
 * Three senders and three receivers on a bus of its own, each behind a network that breaks its connection at bytes that the
 * seed chooses, until they have come back so many times; then in peace, until everything is where it belongs.
 */
export async function runResumes({ resumes, seed, patienceMs = 30_000 }: RunOptions): Promise<RunReport> {
  const bus = await startBusProcess({ env: { AGENT_BUS_LOG_LEVEL: 'error', AGENT_BUS_MAX_DELIVERIES: '1000' } });
  const ledger = createLedger();
  const networks: CuttingNetwork[] = [];
  const clients: Reconnecting[] = [];
  const total = (): number => clients.reduce((sum, client) => sum + client.resumes, 0);
  let breaking = true;

  const networkFor = async (index: number): Promise<string> => {
    const cutOf = planCuts({ random: createSeededRandom(seed * 1_000 + index), isOn: () => breaking });
    const network = await createCuttingNetwork({ target: bus.address, cutOf });
    networks.push(network);
    return network.address;
  };
  const call = async (method: string, request: unknown) => {
    const { status, body } = await callJson({ ...bus, method, body: request });
    if (status !== 200) throw new Error(`${method} was refused: ${JSON.stringify(body)}`);
    return body;
  };
  try {
    const participants = [...SENDERS, ...RECEIVERS].map((agent_id) => ({ agent_id, role: 'worker' }));
    await call('SessionService/CreateSession', {
      session_id: SESSION,
      orchestrator: 'claude-code://lead',
      participants,
    });
    const common = { apiKey: bus.apiKey, sessionId: SESSION, ledger };
    for (const [index, agentId] of RECEIVERS.entries()) {
      const random = createSeededRandom(seed * 1_000 + 100 + index);
      clients.push(startReceiver({ ...common, agentId, random, address: await networkFor(index) }));
    }
    const senders = [];
    for (const [index, agentId] of SENDERS.entries()) {
      const random = createSeededRandom(seed * 1_000 + 200 + index);
      const address = await networkFor(50 + index);
      senders.push(startSender({ ...common, agentId, random, address, recipients: RECEIVERS }));
    }
    clients.push(...senders);

    await progress(() => total() >= resumes, { ledger, patienceMs, measure: total });
    breaking = false;
    // The connections that there are break yet; those after them last.
    for (const sender of senders) sender.finish();
    const settled = (): number => ledger.counts.confirmed + ledger.counts.events;
    await progress(async () => ledger.isComplete() && (await waiting(bus.address)) === 0, {
      ledger,
      patienceMs,
      measure: settled,
    });
    for (const client of clients) await client.stop();
    if (ledger.violations.length === 0) ledger.close();
    for (const { sender, messageId } of ledger.missing()) {
      const { statuses } = await call('MessageService/GetMessageStatus', { sender, message_id: messageId });
      for (const { state, attempt, reason } of statuses)
        if (state !== 'MESSAGE_STATE_QUEUED')
          ledger.wrong(`${sender} ${messageId} is ${state}, attempt ${attempt}: ${reason}`);
    }
    const connections = networks.reduce((sum, network) => sum + network.connections, 0);
    const cuts = networks.reduce((sum, network) => sum + network.cuts, 0);
    return { resumes: total(), connections, cuts, ...ledger.counts, violations: ledger.violations };
  } finally {
    for (const client of clients) await client.stop();
    for (const network of networks) await network.close();
    await bus.stop();
  }
}

interface Patience {
  readonly ledger: Ledger;
  readonly patienceMs: number;
  /** A number that grows while anything happens. */
  measure(): number;
}

/** Waits until it is so, the ledger has something to say, or nothing happens any more. */
async function progress(
  isSo: () => boolean | Promise<boolean>,
  { ledger, patienceMs, measure }: Patience,
): Promise<void> {
  let best = measure();
  let since = performance.now();
  while (!(await isSo()) && ledger.violations.length === 0) {
    await delay(10);
    const now = measure();
    if (now > best) since = performance.now();
    best = Math.max(best, now);
    if (performance.now() - since > patienceMs) {
      ledger.wrong(`nothing has happened for ${patienceMs} ms: ${JSON.stringify(ledger.counts)}`);
      return;
    }
  }
}

/** Messages that the bus has in all mailboxes together. */
async function waiting(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return Number(/^agentbus_mailbox_messages (\d+)$/m.exec(text)?.[1]);
}
