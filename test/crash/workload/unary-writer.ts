import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Client, createClient } from '@connectrpc/connect';
import { MessageService } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { AgentbusError } from '../../../src/client/errors.ts';
import { type Actor, openTransport, pause } from './bus-run.ts';
import { envelopeOf } from './message-content.ts';
import type { Sender, Sending } from './sender.ts';
import type { WriterOptions } from './stream-writer.ts';

/** Writes by single calls, one after the other. */
export function createUnaryWriter({ agentId, protocol, sender, choices, prepared }: WriterOptions): Actor {
  return {
    name: agentId,
    async run(bus) {
      await prepared(bus);
      const client = createClient(MessageService, openTransport(bus, agentId, protocol));
      for (const message of sender.unknown()) await send(client, sender, sender.begin(message));
      while (bus.mode === 'work' && !bus.gone.aborted) {
        const { message, variant } = sender.next();
        await send(client, sender, sender.begin(message, variant));
        await pause(choices.spread(2, 100), bus.gone);
      }
    },
  };
}

async function send(client: Client<typeof MessageService>, sender: Sender, sending: Sending): Promise<void> {
  try {
    const { duplicate, acceptedTime } = await client.sendMessage({
      message: envelopeOf(sending.message, sending.variant),
    });
    if (acceptedTime === undefined) throw new Error('the bus does not say since when it has the message');
    sender.accepted(sending, { duplicate, acceptedAt: timestampMs(acceptedTime) });
  } catch (error) {
    sender.refused(sending, AgentbusError.from(error));
  }
}
