import { type ClientHttp2Session, connect } from 'node:http2';
import { create, toBinary } from '@bufbuild/protobuf';
import { AgentStreamRequestSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { grpcMessage } from '../hostile/rig/grpc-call.ts';

/** Agents that take mail and neither acknowledge it nor, half of them, read it. */
export interface StalledPeers {
  /** Opens their streams, those that are open already excepted. */
  stall(): void;
  /** Breaks all of them off. */
  leave(): void;
}

export interface StalledPeersOptions {
  readonly address: string;
  readonly apiKey: string;
  readonly agentIds: readonly string[];
}

export function createStalledPeers({ address, apiKey, agentIds }: StalledPeersOptions): StalledPeers {
  const sessions = new Map<string, ClientHttp2Session>();
  const open = (agentId: string, reads: boolean): void => {
    const session = connect(address);
    const forget = () => {
      if (sessions.get(agentId) === session) sessions.delete(agentId);
    };
    session.on('error', forget).on('close', forget);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/agentbus.v1.AgentService/AgentStream',
      'content-type': 'application/grpc',
      te: 'trailers',
      'x-agent-api-key': apiKey,
    });
    // The bus ends such streams, by HEARTBEAT_TIMEOUT or SLOW_CONSUMER; they come back with the next round.
    stream.on('error', forget).on('close', () => session.destroy());
    if (reads) stream.resume();
    const hello = { agent: { agentId }, instanceId: 'stalled', maxInFlight: 1_000 };
    const frame = create(AgentStreamRequestSchema, { frame: { case: 'hello', value: hello } });
    stream.write(grpcMessage(toBinary(AgentStreamRequestSchema, frame)));
    sessions.set(agentId, session);
  };
  return {
    stall() {
      for (const [number, agentId] of agentIds.entries()) if (!sessions.has(agentId)) open(agentId, number % 2 === 0);
    },
    leave() {
      for (const session of sessions.values()) session.destroy();
      sessions.clear();
    },
  };
}
