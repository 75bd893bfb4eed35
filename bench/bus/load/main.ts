/** A process that makes load for the bus. Its argument is an order in JSON; it speaks with bench/load-process.ts. */
import { conduct, type Load } from '../../load/conduct.ts';
import { createMeter } from '../../load/meter.ts';
import type { LoadOrder } from './order.ts';
import { connectRounds } from './rounds.ts';

/** What comes as JSON: the order without its meter, and how long it lasts. */
export interface LoadArguments extends Omit<LoadOrder, 'meter'> {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

const { warmUpSeconds, seconds, ...given } = JSON.parse(process.argv[2] ?? '{}') as LoadArguments;
const meter = createMeter();
await conduct({ load: await connect({ ...given, meter }), meter, warmUpSeconds, seconds });

function connect(order: LoadOrder): Promise<Load> {
  const { scenario } = order;
  switch (scenario.kind) {
    case 'rounds':
      return connectRounds({ ...order, scenario });
    default:
      throw new Error(`no load for ${scenario.kind}`);
  }
}
