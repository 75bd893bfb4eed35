import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { RegisterAgentRequestSchema } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import { ReceiveMessagesRequestSchema } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { BusScenario } from '../../peer.ts';
import { messageTemplate } from '../numbered-message.ts';
import { bytesField, grpcMessage } from '../protobuf.ts';
import { createFrameReader } from '../read-frames.ts';
import { openUnaryCalls } from '../unary-calls.ts';
import { asRounds } from './as-rounds.ts';
import type { LoadOrder } from './order.ts';
import { createSendRequests, SEND_PATH } from './send-requests.ts';

const REGISTER_PATH = '/agentbus.v1.AgentService/RegisterAgent';
const RECEIVE_PATH = '/agentbus.v1.MessageService/ReceiveMessages';
const ACKNOWLEDGE_PATH = '/agentbus.v1.MessageService/AcknowledgeMessages';
const AGENT_ID = 1;
/** The field of AgentStreamResponse that has what a response of ReceiveMessages has. */
const DELIVERY_FRAME = 2;
/** As an agent that polls would: nothing here has to wait. */
const WAIT_MS = 10_000;

/** Agents that make a gRPC call for each step of a round: one to send, one to receive, one to acknowledge. */
export function connectUnaryRounds(order: LoadOrder<BusScenario>): Promise<Load> {
  return connectPairs({ ...order, scenario: asRounds(order.scenario), connect: (pair) => connectPair(order, pair) });
}

async function connectPair(order: LoadOrder<BusScenario>, { pair, ledger }: PairOrder): Promise<ConnectedPair> {
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const calls = openUnaryCalls(order);
  const register = toBinary(RegisterAgentRequestSchema, create(RegisterAgentRequestSchema, { agent: { agentId: to } }));
  await new Promise<void>((resolve) => calls.call(REGISTER_PATH, grpcMessage(register), () => resolve()));
  const requests = createSendRequests(
    messageTemplate({ prefix: `${order.run}-${pair}`, from, to, bytes: order.scenario.bytes }),
  );
  const receiveRequest = receiveOne(to);
  const agentField = bytesField(AGENT_ID, Buffer.from(to));

  function receive(): void {
    calls.call(RECEIVE_PATH, receiveRequest, (response) => {
      const frame = bytesField(DELIVERY_FRAME, response);
      if (response.length === 0) throw new Error(`no mail for ${to}`);
      read(frame, 0, frame.length);
    });
  }

  const read = createFrameReader({
    delivery(message, idField) {
      // With several under way it may be another one's message; each call takes one.
      ledger.delivered(message, performance.now());
      // Ids have at most 64 bytes: their tag and their length are one byte each.
      const request = grpcMessage(Buffer.concat([agentField, bytesField(2, idField.subarray(2))]));
      calls.call(ACKNOWLEDGE_PATH, request, (response) => {
        if (response.length > 0) throw new Error(`a delivery to ${to} was stale`);
        ledger.acknowledged(message, performance.now());
      });
    },
  });
  return {
    send(message) {
      calls.call(SEND_PATH, requests(message), () => {
        ledger.accepted(message, performance.now());
        receive();
      });
    },
    close: calls.close,
  };
}

function receiveOne(agentId: string): Buffer {
  const request: MessageInitShape<typeof ReceiveMessagesRequestSchema> = {
    agentId,
    maxMessages: 1,
    wait: durationFromMs(WAIT_MS),
  };
  return grpcMessage(toBinary(ReceiveMessagesRequestSchema, create(ReceiveMessagesRequestSchema, request)));
}
