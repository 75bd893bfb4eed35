import type { RoundsScenario } from '../peer.ts';
import type { Load } from './conduct.ts';
import { createDriver, type Driver, keepLooking } from './drive.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Meter } from './meter.ts';
import { createClosedLoop, createOpenLoop } from './pace.ts';
import { sumCounts } from './sum-counts.ts';

/** What a pair is to connect, and where it enters how far its messages have come. */
export interface PairOrder {
  readonly pair: number;
  /** Most messages that are under way at a time. */
  readonly most: number;
  readonly ledger: Pick<Ledger, 'accepted' | 'delivered' | 'acknowledged'>;
}

/** A sender and its receiver, connected. */
export interface ConnectedPair {
  /** Puts messages with consecutive numbers on their way. */
  send(first: number, count: number): void;
  /** Whether nothing is under way that the ledger does not know of. */
  isIdle?(): boolean;
  close(): void | Promise<void>;
}

export interface PairsOptions {
  readonly scenario: RoundsScenario;
  /** Which part of the pairs this process has, from 0 on, and of how many. */
  readonly part: number;
  readonly parts: number;
  readonly meter: Meter;
  connect(order: PairOrder): Promise<ConnectedPair>;
}

interface OpenPair {
  readonly ledger: Ledger;
  /** Begins to send. An open loop starts its timetable now. */
  begin(): Driver;
  isIdle(): boolean;
  close(): void | Promise<void>;
}

/** Most messages of one pair that an open loop lets pile up before it calls the server too slow. */
const OPEN_LOOP_CAPACITY = 2 ** 17;

/** Connects this process's part of the pairs of a scenario. */
export async function connectPairs(options: PairsOptions): Promise<Load> {
  const { scenario, part, parts } = options;
  const numbers = Array.from({ length: scenario.pairs }, (_, pair) => pair).filter((pair) => pair % parts === part);
  const pairs = await Promise.all(numbers.map((pair) => openPair(pair, options)));
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
    isIdle: () => pairs.every((pair) => pair.isIdle()),
    counts: () => sumCounts(pairs.map(({ ledger }) => ledger.counts)),
    async close() {
      await Promise.all(pairs.map((pair) => pair.close()));
    },
  };
}

async function openPair(pair: number, { scenario, meter, connect }: PairsOptions): Promise<OpenPair> {
  const { window, batch, rate, pairs } = scenario;
  let driver: Driver | undefined;
  const ledger = createLedger({
    meter,
    capacity: rate === undefined ? window * 2 : OPEN_LOOP_CAPACITY,
    settled: () => driver?.look(),
  });
  const connected = await connect({ pair, most: rate === undefined ? window : OPEN_LOOP_CAPACITY, ledger });
  return {
    ledger,
    begin() {
      // Each pair has its own place between two messages of another, so that they do not all come at once.
      const pace =
        rate === undefined
          ? createClosedLoop(ledger, { window, batch })
          : createOpenLoop(ledger, {
              startsAt: performance.now() + (pair / rate) * 1_000,
              perSecond: rate / pairs,
            });
      driver = createDriver({ ledger, pace, batch, send: connected.send });
      return driver;
    },
    isIdle: () => ledger.underWay === 0 && (connected.isIdle?.() ?? true),
    close: connected.close,
  };
}
