import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type Client, createClient } from '@connectrpc/connect';
import { MessageService } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import type { SettlementFact } from '../ledger/message-facts.ts';
import { type Actor, type BusRun, openTransport } from './bus-run.ts';
import { byPlan, type Held } from './receiver.ts';
import type { ReaderOptions } from './stream-reader.ts';

/** Longest wait for mail: short, so that late acknowledgements are not held up. */
const WAIT_MS = 300;
const MOST_AT_ONCE = 32;
/** What leases are extended by, so that it makes none of them shorter. */
const LONGEST_LEASE_MS = 2_000;

/** Reads by single calls; now and then it hangs up on one before the answer is there. */
export function createUnaryReader(options: ReaderOptions): Actor {
  const { instanceId, protocol, receiver } = options;
  return {
    name: `${receiver.agentId} ${instanceId}`,
    async run(bus) {
      const client = createClient(MessageService, openTransport(bus, receiver.agentId, protocol));
      const settle = createUnarySettler(client, options);
      let late: { readonly held: Held; readonly dueAt: number }[] = [];
      while (!bus.gone.aborted && !bus.finish.aborted) {
        const held = await receive(client, options, bus);
        for (const one of held) {
          if (one.plan.kind === 'late') late.push({ held: one, dueAt: Date.now() + one.plan.delayMs });
        }
        await settle.all(held);
        const due = late.filter(({ dueAt }) => dueAt <= Date.now());
        late = late.filter((one) => !due.includes(one));
        if (due.length > 0) await settle.acknowledge(due.map((one) => one.held));
      }
    },
  };
}

async function receive(client: Client<typeof MessageService>, options: ReaderOptions, bus: BusRun): Promise<Held[]> {
  const { instanceId, receiver, choices, steady } = options;
  const leaseMs = choices.int(1_000, LONGEST_LEASE_MS);
  const hangsUp = !steady && bus.mode === 'work' && choices.chance(0.05);
  const hangUp = hangsUp ? AbortSignal.timeout(choices.int(0, 50)) : undefined;
  try {
    const { deliveries } = await client.receiveMessages(
      {
        agentId: receiver.agentId,
        instanceId,
        maxMessages: choices.int(1, MOST_AT_ONCE),
        wait: durationFromMs(WAIT_MS),
        lease: durationFromMs(leaseMs),
      },
      hangUp === undefined ? {} : { signal: hangUp },
    );
    return receiver.take(deliveries, { bus, leaseMs, connection: 0 });
  } catch (error) {
    // If the bus is gone as well, the next call says so.
    if (hangUp?.aborted) return [];
    throw error;
  }
}

function createUnarySettler(client: Client<typeof MessageService>, { receiver }: ReaderOptions) {
  const { agentId } = receiver;
  const ask = async (
    held: readonly Held[],
    kind: SettlementFact['kind'],
    call: (deliveryIds: string[]) => Promise<{ staleDeliveryIds: string[] }>,
  ): Promise<void> => {
    const settlements = receiver.begin(held, kind);
    const { staleDeliveryIds } = await call(held.map(({ deliveryId }) => deliveryId));
    receiver.answered(settlements, staleDeliveryIds);
  };
  const acknowledge = (held: readonly Held[]): Promise<void> =>
    ask(held, 'acknowledge', (deliveryIds) => client.acknowledgeMessages({ agentId, deliveryIds }));
  const extend = async (held: readonly Held[]): Promise<void> => {
    const lease = durationFromMs(LONGEST_LEASE_MS);
    await ask(held, 'extend', (deliveryIds) => client.extendLeases({ agentId, deliveryIds, lease }));
    await acknowledge(held);
  };
  const drop = (held: readonly Held[]): Promise<void> => {
    const disposition = { case: 'drop', value: true } as const;
    return ask(held, 'drop', (deliveryIds) => client.rejectMessages({ agentId, deliveryIds, disposition }));
  };
  const requeue = (held: Held, delayMs: number): Promise<void> => {
    const disposition = { case: 'requeueDelay', value: durationFromMs(delayMs) } as const;
    return ask([held], 'requeue', (deliveryIds) => client.rejectMessages({ agentId, deliveryIds, disposition }));
  };
  return {
    acknowledge,
    /** What is planned for now; all at the same time, as they concern different deliveries. */
    async all(held: readonly Held[]): Promise<void> {
      const plans = byPlan(held);
      const calls: Promise<void>[] = [];
      const [done, longer, dropped] = [plans.get('acknowledge'), plans.get('extend'), plans.get('drop')];
      if (done) calls.push(acknowledge(done));
      if (longer) calls.push(extend(longer));
      if (dropped) calls.push(drop(dropped));
      for (const one of held) if (one.plan.kind === 'requeue') calls.push(requeue(one, one.plan.delayMs));
      const ends = await Promise.allSettled(calls);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
  };
}
