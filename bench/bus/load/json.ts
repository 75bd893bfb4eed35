import { Agent, request } from 'node:http';
import type { Load } from '../../load/conduct.ts';
import { type ConnectedPair, connectPairs, type PairOrder } from '../../load/pairs.ts';
import type { BusScenario } from '../../peer.ts';
import type { BusAddress } from '../load-connection.ts';
import { messageIdOf } from '../numbered-message.ts';
import { asRounds } from './as-rounds.ts';
import type { LoadOrder } from './order.ts';

/** Callers that do each step of a round as `curl` would: a POST with JSON to send, one to receive, one to acknowledge. */
export function connectJson(order: LoadOrder<BusScenario>): Promise<Load> {
  return connectPairs({ ...order, scenario: asRounds(order.scenario), connect: (pair) => connectPair(order, pair) });
}

interface Received {
  readonly deliveries?: readonly { readonly delivery_id: string; readonly message: { readonly message_id: string } }[];
}

async function connectPair(order: LoadOrder<BusScenario>, { pair, ledger }: PairOrder): Promise<ConnectedPair> {
  const [from, to] = [`bench://from-${pair}`, `bench://to-${pair}`];
  const prefix = `${order.run}-${pair}`;
  const text = 'x'.repeat(order.scenario.bytes);
  const agent = new Agent({ keepAlive: true });
  const post = (path: string, body: object) => postJson({ ...order, agent, path }, body);
  await post('/agentbus.v1.AgentService/RegisterAgent', { agent: { agent_id: to } });

  async function round(message: number): Promise<void> {
    await post('/messages/send', {
      message_id: messageIdOf(prefix, message),
      sender: { agent_id: from },
      recipient: { agent_id: to },
      message_type: 'notification',
      payload: { text },
    });
    ledger.accepted(message, performance.now());
    const mail = { agent_id: to, wait: '10s' };
    const { deliveries = [] } = (await post('/agentbus.v1.MessageService/ReceiveMessages', mail)) as Received;
    const [delivery] = deliveries;
    if (delivery === undefined) throw new Error(`no mail for ${to}`);
    // With several under way it may be another one's message; each call takes one.
    const received = Number(delivery.message.message_id.slice(prefix.length + 1));
    ledger.delivered(received, performance.now());
    const settled = { agent_id: to, delivery_ids: [delivery.delivery_id] };
    await post('/agentbus.v1.MessageService/AcknowledgeMessages', settled);
    ledger.acknowledged(received, performance.now());
  }

  return {
    // What a call rejects with ends the process.
    send: (message) => void round(message),
    close: () => agent.destroy(),
  };
}

interface Post extends BusAddress {
  readonly agent: Agent;
  readonly path: string;
}

function postJson({ address, apiKey, agent, path }: Post, body: object): Promise<unknown> {
  const content = Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': content.length, 'x-agent-api-key': apiKey };
    const call = request(`${address}${path}`, { method: 'POST', agent, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        answer += text;
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(answer));
        else reject(new Error(`${path} was answered with ${response.statusCode}: ${answer}`));
      });
    });
    call.on('error', reject);
    call.end(content);
  });
}
