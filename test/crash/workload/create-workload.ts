import { createClient } from '@connectrpc/connect';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type Actor, type BusRun, openTransport, type Protocol } from './bus-run.ts';
import { createOperator } from './operator.ts';
import { createOrchestrator } from './orchestrator.ts';
import { createReceiver } from './receiver.ts';
import { createSender } from './sender.ts';
import { createStreamReader } from './stream-reader.ts';
import { createStreamWriter } from './stream-writer.ts';
import { createUnaryReader } from './unary-reader.ts';
import { createUnaryWriter } from './unary-writer.ts';
import { createWatcher } from './watcher.ts';
import { createWorker } from './worker.ts';

/** All clients of the bus: 8 writers, 8 readers, and those that work in sessions. */
export interface Workload {
  /** They only say what they have to say, and end by themselves in `settle`: writers, orchestrators, the operator. */
  readonly speakers: readonly Actor[];
  /** They go on until they are told to finish: readers, workers, watchers. */
  readonly listeners: readonly Actor[];
  /** Every agent that has a mailbox. */
  readonly mailboxes: readonly string[];
  /** Whether the order of first deliveries can be seen: one receiver, which takes all that it is given. */
  showsOrder(agentId: string): boolean;
}

interface Reader {
  readonly mailbox: string;
  readonly protocol: Protocol;
  /** Over an AgentStream: whether settlements are confirmed. Absent for single calls. */
  readonly stream?: { readonly confirm: boolean };
  /** Whether it never leaves a stream or a call in the middle. */
  readonly steady?: boolean;
}

const WRITERS: readonly { readonly protocol: Protocol; readonly stream: boolean }[] = [
  { protocol: 'connect', stream: true },
  { protocol: 'connect', stream: true },
  { protocol: 'grpc', stream: true },
  { protocol: 'grpc', stream: true },
  { protocol: 'json', stream: false },
  { protocol: 'json', stream: false },
  { protocol: 'grpc', stream: false },
  { protocol: 'connect', stream: false },
];

/** Four mailboxes have a reader of their own, two are shared by instances that compete. */
const READERS: readonly Reader[] = [
  { mailbox: 'crash://desk-1', protocol: 'connect', stream: { confirm: true }, steady: true },
  { mailbox: 'crash://desk-2', protocol: 'grpc', stream: { confirm: true } },
  { mailbox: 'crash://desk-3', protocol: 'json', steady: true },
  { mailbox: 'crash://desk-4', protocol: 'grpc' },
  { mailbox: 'crash://pool-1', protocol: 'connect', stream: { confirm: true } },
  { mailbox: 'crash://pool-1', protocol: 'grpc' },
  { mailbox: 'crash://pool-2', protocol: 'connect', stream: { confirm: false } },
  { mailbox: 'crash://pool-2', protocol: 'json' },
];

const WORKERS = ['crash://worker-1', 'crash://worker-2', 'crash://worker-3'] as const;
const PROTOCOLS = ['grpc', 'json', 'connect'] as const;
const ORCHESTRATORS = ['crash://lead-1', 'crash://lead-2'] as const;

export function createWorkload(ledger: Ledger, choices: Choices): Workload {
  const mailboxes = [...new Set(READERS.map(({ mailbox }) => mailbox))];
  const [first = '', ...others] = mailboxes;
  const prepared = createPreparation([...mailboxes, ...WORKERS]);
  const writers = WRITERS.map(({ protocol, stream }, index) => {
    const agentId = `crash://writer-${index + 1}`;
    const own = choices.fork(agentId);
    const sender = createSender({ agentId, mailboxes: [first, ...others], ledger, choices: own });
    const options = { agentId, protocol, sender, choices: own.fork('pace'), prepared };
    return stream ? createStreamWriter(options) : createUnaryWriter(options);
  });
  const readers = READERS.map(({ mailbox, protocol, stream, steady = false }, index) => {
    const instanceId = `reader-${index + 1}`;
    const own = choices.fork(instanceId);
    const receiver = createReceiver({ agentId: mailbox, ledger, choices: own });
    const options = { instanceId, protocol, receiver, ledger, choices: own, steady };
    return stream === undefined ? createUnaryReader(options) : createStreamReader({ ...options, ...stream });
  });
  const sessions = ORCHESTRATORS.map((agentId, index) => {
    const own = choices.fork(agentId);
    const protocol = PROTOCOLS[index] ?? 'grpc';
    return {
      lead: createOrchestrator({ agentId, workers: WORKERS, protocol, ledger, choices: own }),
      watcher: createWatcher({ orchestrator: agentId, protocol: 'connect', ledger, choices: own.fork('watcher') }),
    };
  });
  const workers = WORKERS.map((agentId, index) => {
    const own = choices.fork(agentId);
    const receiver = createReceiver({ agentId, ledger, choices: own });
    return createWorker({ agentId, protocol: PROTOCOLS[index] ?? 'grpc', receiver, ledger, choices: own });
  });
  const operator = createOperator({ mailboxes: [first, ...others], ledger, choices: choices.fork('operator') });
  return {
    speakers: [...writers, operator, ...sessions.map(({ lead }) => lead)],
    listeners: [...readers, ...workers, ...sessions.map(({ watcher }) => watcher)],
    mailboxes: [...mailboxes, ...WORKERS],
    showsOrder: (agentId) => READERS.some(({ mailbox, steady }) => mailbox === agentId && steady),
  };
}

/** Registers the recipients until the bus has confirmed it once: from then on it has to know them. */
function createPreparation(agentIds: readonly string[]): (bus: BusRun) => Promise<void> {
  let confirmed = false;
  let running: { readonly run: number; readonly done: Promise<void> } | undefined;
  const register = async (bus: BusRun): Promise<void> => {
    const client = createClient(AgentService, openTransport(bus, 'crash://clerk', 'connect'));
    await Promise.all(agentIds.map((agentId) => client.registerAgent({ agent: { agentId } })));
    confirmed = true;
  };
  return async (bus) => {
    if (confirmed) return;
    if (running?.run !== bus.number) running = { run: bus.number, done: register(bus) };
    await running.done;
  };
}
