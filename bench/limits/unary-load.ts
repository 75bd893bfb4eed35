/** Load for the limit of calls one by one: the same requests as for the bus. An answer is all that becomes of a message. */
import { asRounds } from '../bus/load/as-rounds.ts';
import { createSendRequests, SEND_PATH } from '../bus/load/send-requests.ts';
import { messageTemplate } from '../bus/numbered-message.ts';
import { openUnaryCalls } from '../bus/unary-calls.ts';
import { conduct } from '../load/conduct.ts';
import { createMeter } from '../load/meter.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../load/pairs.ts';
import type { BusScenario } from '../peer.ts';
import type { LimitOrder } from './start-limit.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as LimitOrder<BusScenario>;
const { address, scenario, warmUpSeconds, seconds } = order;
const meter = createMeter();
const load = await connectPairs({ ...order, scenario: asRounds(scenario), meter, connect: connectPair });
await conduct({ load, meter, warmUpSeconds, seconds });

async function connectPair({ pair, ledger }: PairOrder): Promise<ConnectedPair> {
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const requests = createSendRequests(messageTemplate({ prefix: `unary-${pair}`, from, to, bytes: scenario.bytes }));
  const calls = openUnaryCalls({ address, apiKey: 'of a usual length, which nobody looks at' });
  return {
    send: (message) =>
      calls.call(SEND_PATH, requests(message), () => {
        const now = performance.now();
        ledger.delivered(message, now);
        ledger.acknowledged(message, now);
        ledger.accepted(message, now);
      }),
    close: () => calls.close(),
  };
}
