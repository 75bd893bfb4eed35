import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { SettleResultFrame } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SettlementFact } from '../ledger/message-facts.ts';
import { type AgentStream, openAgentStream } from './agent-stream.ts';
import { type Actor, type BusRun, openTransport, type Protocol } from './bus-run.ts';
import { byPlan, type Held, type Receiver } from './receiver.ts';

export interface ReaderOptions {
  readonly instanceId: string;
  readonly protocol: Protocol;
  readonly receiver: Receiver;
  /** Whether it never leaves a stream or a call in the middle. */
  readonly steady: boolean;
  readonly ledger: Ledger;
  readonly choices: Choices;
}

export interface StreamReaderOptions extends ReaderOptions {
  /** Whether the bus is asked to say that settlements took effect; without it they stay unknown. */
  readonly confirm: boolean;
}

/** Reads over one AgentStream after the other; now and then it drops one with everything that it holds. */
export function createStreamReader(options: StreamReaderOptions): Actor {
  const { instanceId, receiver, choices, steady } = options;
  return {
    name: `${receiver.agentId} ${instanceId}`,
    async run(bus) {
      while (!bus.gone.aborted && !bus.finish.aborted) {
        const dropAfterMs =
          !steady && bus.mode === 'work' && choices.chance(0.4) ? choices.spread(50, 3_000) : undefined;
        await readOneStream(options, bus, dropAfterMs);
      }
    },
  };
}

async function readOneStream(
  options: StreamReaderOptions,
  bus: BusRun,
  dropAfterMs: number | undefined,
): Promise<void> {
  const { instanceId, protocol, receiver, ledger, choices, confirm } = options;
  const { agentId } = receiver;
  const leaseMs = choices.int(1_000, 2_000);
  const connection = ledger.openConnection(agentId);
  const stream = openAgentStream(openTransport(bus, agentId, protocol), {
    agent: { agentId },
    instanceId,
    maxInFlight: choices.pick([4, 16, 64]),
    lease: durationFromMs(leaseMs),
    confirmSettlements: confirm,
  });
  const over = new AbortController();
  const settle = createStreamSettler({ stream, receiver, over: over.signal });
  const drop = (): void => {
    // From this moment on the reader is dead, and what still arrives arrives nowhere.
    ledger.endConnection(connection);
    over.abort();
    stream.drop();
  };
  const timer = dropAfterMs === undefined ? undefined : setTimeout(drop, dropAfterMs);
  bus.finish.addEventListener('abort', stream.finish, { signal: over.signal });
  try {
    for await (const frame of stream.frames) {
      if (over.signal.aborted) break;
      if (frame.case === 'delivery') settle.all(receiver.take(frame.value.deliveries, { bus, leaseMs, connection }));
      if (frame.case === 'settleResult') settle.answered(frame.value);
      if (frame.case === 'error') throw new Error(`a frame was refused: ${frame.value.error?.message}`);
    }
  } finally {
    clearTimeout(timer);
    over.abort();
    ledger.endConnection(connection);
  }
}

interface StreamSettlerOptions {
  readonly stream: AgentStream;
  readonly receiver: Receiver;
  /** Aborts when the stream is over: nothing is said after it. */
  readonly over: AbortSignal;
}

/** Settles deliveries as planned. The bus answers settlements in the order in which they were said. */
function createStreamSettler({ stream, receiver, over }: StreamSettlerOptions) {
  const asked: { readonly settlements: readonly SettlementFact[]; readonly then?: () => void }[] = [];
  const begin = (held: readonly Held[], kind: SettlementFact['kind'], then?: () => void): string[] => {
    asked.push({ settlements: receiver.begin(held, kind), ...(then && { then }) });
    return held.map(({ deliveryId }) => deliveryId);
  };
  const acknowledge = (held: readonly Held[]): void => {
    if (!over.aborted) stream.say({ case: 'ack', value: { deliveryIds: begin(held, 'acknowledge') } });
  };
  const later = (held: Held, delayMs: number): void => {
    const timer = setTimeout(() => acknowledge([held]), delayMs);
    over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  return {
    all(held: readonly Held[]): void {
      const plans = byPlan(held);
      const done = plans.get('acknowledge') ?? [];
      if (done.length > 0) acknowledge(done);
      const dropped = plans.get('drop') ?? [];
      if (dropped.length > 0) {
        const value = { deliveryIds: begin(dropped, 'drop'), disposition: { case: 'drop', value: true } } as const;
        stream.say({ case: 'reject', value });
      }
      const longer = plans.get('extend') ?? [];
      if (longer.length > 0) {
        stream.say({ case: 'extend', value: { deliveryIds: begin(longer, 'extend', () => acknowledge(longer)) } });
      }
      for (const one of held) {
        if (one.plan.kind === 'late') later(one, one.plan.delayMs);
        if (one.plan.kind !== 'requeue') continue;
        const disposition = { case: 'requeueDelay', value: durationFromMs(one.plan.delayMs) } as const;
        stream.say({ case: 'reject', value: { deliveryIds: begin([one], 'requeue'), disposition } });
      }
    },
    answered({ staleDeliveryIds }: SettleResultFrame): void {
      const oldest = asked.shift();
      if (oldest === undefined) throw new Error('the bus confirmed a settlement that nobody asked for');
      receiver.answered(oldest.settlements, staleDeliveryIds);
      oldest.then?.();
    },
  };
}
