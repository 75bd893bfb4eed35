/** A process that makes load for the bus. Its argument is an order in JSON; it speaks with bench/load-process.ts. */
import { conduct, type Load } from '../../load/conduct.ts';
import { createMeter } from '../../load/meter.ts';
import type { BusScenario } from '../../peer.ts';
import { connectFanOut } from './fan-out.ts';
import { connectJson } from './json.ts';
import type { LoadOrder } from './order.ts';
import { connectRounds } from './rounds.ts';
import { connectSync } from './sync.ts';
import { connectTyped } from './typed.ts';
import { connectUnary } from './unary.ts';
import { connectUnaryRounds } from './unary-rounds.ts';
import { connectWatch } from './watch.ts';

/** What comes as JSON: the order without its meter, and how long it lasts. */
export interface LoadArguments extends Omit<LoadOrder, 'meter'> {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const CONNECT: Readonly<Record<BusScenario['kind'], (order: LoadOrder<BusScenario>) => Promise<Load>>> = {
  unary: connectUnary,
  'unary-rounds': connectUnaryRounds,
  json: connectJson,
  sync: connectSync,
  'fan-out': connectFanOut,
  watch: connectWatch,
  typed: connectTyped,
};

const { warmUpSeconds, seconds, ...given } = JSON.parse(process.argv[2] ?? '{}') as LoadArguments;
const meter = createMeter();
await conduct({ load: await connect({ ...given, meter }), meter, warmUpSeconds, seconds });

function connect(order: LoadOrder): Promise<Load> {
  const { scenario } = order;
  if (scenario.kind === 'rounds') return connectRounds({ ...order, scenario });
  return CONNECT[scenario.kind]({ ...order, scenario });
}
