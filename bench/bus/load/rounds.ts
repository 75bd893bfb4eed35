import type { Load } from '../../load/conduct.ts';
import { createDriver, type Driver, keepLooking } from '../../load/drive.ts';
import { createLedger, type Ledger } from '../../load/ledger.ts';
import { createClosedLoop, createOpenLoop } from '../../load/pace.ts';
import { sumCounts } from '../../load/sum-counts.ts';
import type { RoundsScenario } from '../../peer.ts';
import { createSendFrames } from '../frames.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { openLoadStream } from '../load-stream.ts';
import { messageTemplate } from '../numbered-message.ts';
import type { LoadOrder } from './order.ts';

/** Most messages of one pair that an open loop lets pile up before it calls the server too slow. */
const OPEN_LOOP_CAPACITY = 2 ** 17;
/** Most that a stream may ask to hold. */
const MAX_IN_FLIGHT = 10_000;

interface Pair {
  readonly ledger: Ledger;
  /** Begins to send. An open loop starts its timetable now. */
  begin(): Driver;
  close(): void;
}

/** Pairs of agents, one sending and one receiving, each on a connection of its own. */
export async function connectRounds(order: LoadOrder<RoundsScenario>): Promise<Load> {
  const { scenario, part, parts } = order;
  const numbers = Array.from({ length: scenario.pairs }, (_, pair) => pair).filter((pair) => pair % parts === part);
  const pairs = await Promise.all(numbers.map((pair) => connectPair(order, pair)));
  let drivers: readonly Driver[] = [];
  let stopLooking = (): void => undefined;
  return {
    start() {
      drivers = pairs.map((pair) => pair.begin());
      if (scenario.rate !== undefined) stopLooking = keepLooking(drivers);
      else for (const driver of drivers) driver.look();
    },
    stop() {
      stopLooking();
      for (const driver of drivers) driver.stop();
    },
    isIdle: () => pairs.every(({ ledger }) => ledger.underWay === 0),
    counts: () => sumCounts(pairs.map(({ ledger }) => ledger.counts)),
    close() {
      for (const pair of pairs) pair.close();
    },
  };
}

async function connectPair(order: LoadOrder<RoundsScenario>, pair: number): Promise<Pair> {
  const { scenario, run, meter } = order;
  const { window, batch, rate, bytes, content = 'bytes' } = scenario;
  let driver: Driver | undefined;
  const ledger = createLedger({
    meter,
    capacity: rate === undefined ? window * 2 : OPEN_LOOP_CAPACITY,
    settled: () => driver?.look(),
  });
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const frames = createSendFrames(messageTemplate({ prefix: `${run}-${pair}`, from, to, bytes, content }), batch);
  const receiver = openLoadReceiver({
    ...order,
    agentId: to,
    maxInFlight: Math.min(rate === undefined ? window : MAX_IN_FLIGHT, MAX_IN_FLIGHT),
    batch,
    delivered: ledger.delivered,
    acknowledged: ledger.acknowledged,
  });
  const sender = openLoadStream({
    ...order,
    agentId: from,
    maxInFlight: 0,
    listener: { accepted: (message) => ledger.accepted(message, performance.now()) },
  });
  await Promise.all([receiver.ready, sender.ready]);
  return {
    ledger,
    begin() {
      const pace =
        rate === undefined
          ? createClosedLoop(ledger, { window, batch })
          : createOpenLoop(ledger, { startsAt: performance.now(), perSecond: rate / scenario.pairs });
      driver = createDriver({ ledger, pace, batch, send: (first, count) => sender.write(frames.frame(first, count)) });
      return driver;
    },
    close() {
      sender.close();
      receiver.close();
    },
  };
}
