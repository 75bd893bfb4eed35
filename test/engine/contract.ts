import { describe, it } from 'vitest';
import type { Engine, EngineLimits, EngineObserver } from '../../src/engine/engine.ts';
import type { FakeClock } from '../fake-clock.ts';
import { createFakeClock } from '../fake-clock.ts';
import { acceptCases } from './contract/accept.ts';
import { agentCases } from './contract/agents.ts';
import { copyCases } from './contract/copies.ts';
import { deadLetterCases } from './contract/dead-letters.ts';
import { delayCases } from './contract/delay.ts';
import { deliveryCases } from './contract/delivery.ts';
import { endingCases } from './contract/endings.ts';
import { expiryCases } from './contract/expiry.ts';
import { journalCases } from './contract/journal.ts';
import { keptCases } from './contract/kept.ts';
import { lifeCases } from './contract/life.ts';
import { recordCases } from './contract/records.ts';
import { restartCases } from './contract/restart.ts';
import { retentionCases } from './contract/retention.ts';
import type { ContractCase } from './contract/rig.ts';
import { createRig } from './contract/rig.ts';
import { sessionCases } from './contract/sessions.ts';
import { settlementCases } from './contract/settlement.ts';
import { tagCases } from './contract/tags.ts';
import { withdrawalCases } from './contract/withdrawal.ts';

/** An engine under test. */
export interface EngineUnderTest {
  /** As the cases call it in their titles. */
  readonly name: string;
  /** Opens an engine on data of its own, that nobody else has touched. */
  open(options: ContractOptions): Promise<OpenedEngine>;
  /** Promises this engine does not keep, each with the reason. */
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[];
  /** Other limits than the suite's own, where what they bound has two ways through the code. */
  readonly limits?: Partial<EngineLimits>;
}

export interface ContractOptions {
  readonly clock: FakeClock;
  readonly limits: EngineLimits;
  readonly observer: EngineObserver;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /**
   * Opens the same data again: after a clean close, or as a process finds it whose
   * predecessor stopped in the middle of everything. A durable engine has to have it.
   */
  reopen?(how: 'closed' | 'crashed'): Promise<OpenedEngine>;
  /** Closes the engine and removes its data. */
  dispose(): Promise<void>;
}

/** Small, so that each is reached in a few lines. */
const LIMITS: EngineLimits = {
  maxMailboxMessages: 40,
  maxMailboxBytes: 4_000,
  maxDeliveries: 3,
  starvationLimit: 4,
  retention: {
    messageAgeMs: 60 * 60_000,
    maxMessageRecords: 50,
    deadLetterAgeMs: 24 * 60 * 60_000,
    maxDeadLetterBytes: 10_000,
    endedSessionAgeMs: 24 * 60 * 60_000,
    maxEndedSessionBytes: 10_000,
  },
  envelopeCacheBytes: 1_000_000,
};

const GROUPS: Readonly<Record<string, readonly ContractCase[]>> = {
  journal: journalCases,
  'messages that are accepted together': acceptCases,
  'session log': sessionCases,
  'message records': recordCases,
  'delivery order': deliveryCases,
  settlement: settlementCases,
  'ends of deliveries': endingCases,
  expiry: expiryCases,
  'delayed delivery': delayCases,
  'copies of a message': copyCases,
  'kept envelopes': keptCases,
  tags: tagCases,
  withdrawal: withdrawalCases,
  'dead letters': deadLetterCases,
  retention: retentionCases,
  'agents and metadata': agentCases,
  restart: restartCases,
  life: lifeCases,
};

/** Holds an engine to every promise that the comments of `engine.ts` make. */
export function describeEngineContract({ name, open, skip = [], limits }: EngineUnderTest): void {
  const reasons = new Map(skip.flatMap(({ reason, tests }) => tests.map((test) => [test, reason] as const)));
  for (const test of reasons.keys()) {
    const known = Object.values(GROUPS).some((cases) => cases.some((one) => one.name === test));
    if (!known) throw new Error(`${name} skips "${test}", which is no case of the contract`);
  }
  describe.each(Object.entries(GROUPS))(`the engine contract, ${name}: %s`, (_group, cases) => {
    for (const one of cases) {
      const reason = reasons.get(one.name);
      const title = reason === undefined ? one.name : `${one.name} (skipped: ${reason})`;
      // Every case has an engine and a clock of its own.
      it.skipIf(reason !== undefined).concurrent(title, () => runCase(one, open, { ...LIMITS, ...limits }));
    }
  });
}

async function runCase(one: ContractCase, open: EngineUnderTest['open'], limits: EngineLimits): Promise<void> {
  const opened: OpenedEngine[] = [];
  const disposeLater = (engine: OpenedEngine): void => void opened.push(engine);
  try {
    await one.run(await createRig({ clock: createFakeClock(), limits, open, disposeLater }));
  } finally {
    for (const engine of opened) await engine.dispose();
  }
}
