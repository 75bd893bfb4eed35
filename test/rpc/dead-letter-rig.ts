import type { MessageInitShape } from '@bufbuild/protobuf';
import { type EnvelopeSchema, MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { BACKEND, FRONTEND, ORCHESTRATOR } from '../open-bus.ts';
import { headers, type StartServicesOptions, startServices } from './start-services.ts';

type Fields = MessageInitShape<typeof EnvelopeSchema> & { $typeName?: never };

/** A bus, and what senders, recipients and those who decide about dead letters do on it. Ends with the test. */
export async function startWithDeadLetters(options: StartServicesOptions = {}) {
  const services = await startServices(options);
  const { messages } = services;
  for (const agentId of [ORCHESTRATOR, BACKEND, FRONTEND]) {
    await services.agents.registerAgent({ agent: { agentId } }, { headers });
  }
  const send = (messageId: string, fields: Fields = {}) => {
    const message = {
      messageId,
      sender: { agentId: ORCHESTRATOR },
      recipient: { target: { case: 'agentId' as const, value: BACKEND } },
      messageType: MessageType.NOTIFICATION,
      ...fields,
    };
    return messages.sendMessage({ message }, { headers });
  };
  const receive = async (maxMessages = 1, agentId = BACKEND) =>
    (await messages.receiveMessages({ agentId, maxMessages }, { headers })).deliveries;
  const receiveOne = async () => {
    const [delivery] = await receive();
    if (delivery === undefined) throw new Error('nothing was delivered');
    return delivery;
  };
  const reject = (deliveryIds: string[], fields: object = {}, agentId = BACKEND) =>
    messages.rejectMessages({ agentId, deliveryIds, ...fields }, { headers });
  const acknowledge = (deliveryIds: string[]) =>
    messages.acknowledgeMessages({ agentId: BACKEND, deliveryIds }, { headers });
  const list = async (agentId = BACKEND) => (await messages.listDeadLetters({ agentId }, { headers })).deadLetters;
  const redeliver = async (deadLetterIds: string[], agentId = BACKEND) =>
    (await messages.redeliverDeadLetters({ agentId, deadLetterIds }, { headers })).redelivered;
  const purge = async (deadLetterIds: string[], agentId = BACKEND) =>
    (await messages.purgeDeadLetters({ agentId, deadLetterIds }, { headers })).purged;
  const statuses = async (messageId: string) =>
    (await messages.getMessageStatus({ sender: ORCHESTRATOR, messageId }, { headers })).statuses;
  /** Gives up everything that waits; the ids of the dead letters, oldest first. */
  const giveUpAll = async (agentId = BACKEND) => {
    const deliveryIds = (await receive(1_000, agentId)).map(({ deliveryId }) => deliveryId);
    await reject(deliveryIds, { disposition: DROP }, agentId);
    return (await list(agentId)).map(({ deadLetterId }) => deadLetterId);
  };
  const calls = { send, receive, receiveOne, reject, acknowledge, list, redeliver, purge, statuses, giveUpAll };
  return { ...services, ...calls };
}

/** Gives a delivery up. */
export const DROP = { case: 'drop' as const, value: true };

export type StartedWithDeadLetters = Awaited<ReturnType<typeof startWithDeadLetters>>;
