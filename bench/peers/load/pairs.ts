import { conduct } from '../../load/conduct.ts';
import { createDriver, type Driver, keepLooking } from '../../load/drive.ts';
import { createLedger, type Ledger } from '../../load/ledger.ts';
import { createMeter, type Meter } from '../../load/meter.ts';
import { createClosedLoop, createOpenLoop } from '../../load/pace.ts';
import { sumCounts } from '../../load/sum-counts.ts';
import type { RoundsScenario } from '../../peer.ts';

/** What a process that makes load for a peer is told, as JSON in its argument. */
export interface PairsOrder {
  readonly port: number;
  /** Distinguishes this turn from all others. */
  readonly run: string;
  readonly scenario: RoundsScenario;
  /** Which part of the pairs this process has, from 0 on, and of how many. */
  readonly part: number;
  readonly parts: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** A file that the load needs and that is not in the repository. */
  readonly library?: string;
}

/** What a pair is to connect to, and where it enters how far its messages have come. */
export interface PairOrder extends PairsOrder {
  readonly pair: number;
  /** Most messages that are under way at a time. */
  readonly most: number;
  readonly ledger: Pick<Ledger, 'accepted' | 'delivered' | 'acknowledged'>;
}

/** A sender and its receiver, connected. */
export interface ConnectedPair {
  /** Puts messages with consecutive numbers on their way. */
  send(first: number, count: number): void;
  close(): void;
}

/** Most messages of one pair that an open loop lets pile up before it calls the server too slow. */
const OPEN_LOOP_CAPACITY = 2 ** 17;

/** Runs the load of this process: the order in its argument, with pairs of this protocol. */
export async function runPairs(connect: (order: PairOrder) => Promise<ConnectedPair>): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '{}') as PairsOrder;
  const { scenario, part, parts } = order;
  const meter = createMeter();
  const numbers = Array.from({ length: scenario.pairs }, (_, pair) => pair).filter((pair) => pair % parts === part);
  const pairs = await Promise.all(numbers.map((pair) => openPair(order, { pair, meter, connect })));
  let drivers: readonly Driver[] = [];
  let stopLooking = (): void => undefined;
  await conduct({
    meter,
    warmUpSeconds: order.warmUpSeconds,
    seconds: order.seconds,
    load: {
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
    },
  });
}

interface OpenPair {
  readonly ledger: Ledger;
  begin(): Driver;
  close(): void;
}

interface PairOptions {
  readonly pair: number;
  readonly meter: Meter;
  readonly connect: (order: PairOrder) => Promise<ConnectedPair>;
}

async function openPair(order: PairsOrder, { pair, meter, connect }: PairOptions): Promise<OpenPair> {
  const { window, batch, rate, pairs } = order.scenario;
  let driver: Driver | undefined;
  const most = rate === undefined ? window : OPEN_LOOP_CAPACITY;
  const ledger = createLedger({
    meter,
    capacity: rate === undefined ? window * 2 : OPEN_LOOP_CAPACITY,
    settled: () => driver?.look(),
  });
  const connected = await connect({ ...order, pair, most, ledger });
  return {
    ledger,
    begin() {
      const pace =
        rate === undefined
          ? createClosedLoop(ledger, { window, batch })
          : createOpenLoop(ledger, { startsAt: performance.now(), perSecond: rate / pairs });
      driver = createDriver({ ledger, pace, batch, send: connected.send });
      return driver;
    },
    close: connected.close,
  };
}
