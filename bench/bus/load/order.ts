import type { Meter } from '../../load/meter.ts';
import type { Scenario } from '../../peer.ts';
import type { BusAddress } from '../load-connection.ts';

/** What a process of the load is to do. */
export interface LoadOrder<Kind extends Scenario = Scenario> extends BusAddress {
  readonly scenario: Kind;
  /** Begins the ids of all messages of this turn. */
  readonly run: string;
  /** Which part of the load this process is, from 0 on, and of how many. */
  readonly part: number;
  readonly parts: number;
  readonly meter: Meter;
}
