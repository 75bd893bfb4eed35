import { create } from '@bufbuild/protobuf';
import { RecipientSchema, SenderSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Load } from '../../load/conduct.ts';
import { createCopies } from '../../load/copies.ts';
import type { BusScenario } from '../../peer.ts';
import { createSendFrames } from '../frames.ts';
import { openLoadReceiver } from '../load-receiver.ts';
import { openLoadStream } from '../load-stream.ts';
import { messageTemplate } from '../numbered-message.ts';
import { openBenchSession } from './bench-session.ts';
import type { LoadOrder } from './order.ts';

const ACK_BATCH = 64;

/** An orchestrator that writes to all participants of its session at once; each of them acknowledges its copy. */
export async function connectFanOut(order: LoadOrder<BusScenario>): Promise<Load> {
  const { run, scenario, meter } = order;
  const { bytes, window } = scenario;
  const from = 'bench://orchestrator';
  const agents = Array.from({ length: scenario.agents }, (_, number) => `bench://worker-${number}`);
  const sessionId = await openBenchSession(order, { run, orchestrator: from, agents });
  const more = {
    sender: create(SenderSchema, { agentId: from, sessionId }),
    recipient: create(RecipientSchema, { target: { case: 'allParticipants', value: true } }),
  };
  const frames = createSendFrames(messageTemplate({ prefix: run, from, to: from, bytes, more }), 1);
  const copies = createCopies({
    meter,
    copies: agents.length,
    window,
    send: (message) => sender.write(frames.frame(message, 1)),
    close() {
      for (const stream of [sender, ...receivers]) stream.close();
    },
  });
  const receivers = copies.ledgers.map(({ delivered, acknowledged }, number) =>
    openLoadReceiver({
      ...order,
      agentId: agents[number] ?? '',
      maxInFlight: window,
      batch: ACK_BATCH,
      delivered,
      acknowledged,
    }),
  );
  const sender = openLoadStream({ ...order, agentId: from, maxInFlight: 0, listener: { accepted: copies.accepted } });
  await Promise.all([sender, ...receivers].map(({ ready }) => ready));
  return copies.load;
}
