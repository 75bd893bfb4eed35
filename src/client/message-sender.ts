import { fromBinary } from '@bufbuild/protobuf';
import { type Client, createClient, type Transport } from '@connectrpc/connect';
import { DeliveryMode, type Envelope, EnvelopeSchema } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { MessageService } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { mintId } from '../lib/ids.ts';
import { type Answer, type Asking, type AskOptions, ask } from './ask.ts';
import { createBusTransport } from './bus-transport.ts';
import { encodeMessage, type OutgoingMessage, type WaitingMode } from './outgoing-message.ts';

/** Sends messages by single calls. */
export interface MessageSender {
  /** Sends a message until it is on disk. */
  send(message: OutgoingMessage): Promise<SentMessage>;
  /** Sends a task and waits until it has ended. */
  ask(task: OutgoingMessage, options: AskOptions): Promise<Answer>;
}

/** A message that is on disk. */
export interface SentMessage {
  readonly messageId: string;
  /** The agents whose mailboxes it went to, in the order of the roster. */
  readonly recipients: readonly string[];
}

/** What a sender works with. */
export interface MessageSenderOptions extends Omit<Asking, 'messages'> {
  /** The agent that sends. */
  readonly agentId: string;
  readonly messages: Client<typeof MessageService>;
  /** The bare transport: waits for answers are repeated by their own rule. */
  readonly transport: Transport;
}

/** Makes a sender. */
export function createMessageSender(options: MessageSenderOptions): MessageSender {
  const { agentId, messages, clock, random } = options;
  const waiting = createClient(MessageService, createBusTransport(options.transport, { ...options, maxAttempts: 1 }));

  /** Read back from its bytes, so that every try says the same even if the caller changes the payload meanwhile. */
  function envelopeOf(outgoing: OutgoingMessage & WaitingMode): Envelope {
    const stamp = { agentId, messageId: mintId('msg', random), now: clock.now() };
    return fromBinary(EnvelopeSchema, encodeMessage(outgoing, stamp).bytes);
  }

  return {
    send: async (message) => messages.sendMessage({ message: envelopeOf(message) }),
    ask: async (task, how) =>
      ask({ ...options, messages: waiting }, envelopeOf({ ...task, deliveryMode: DeliveryMode.SYNC }), how),
  };
}
