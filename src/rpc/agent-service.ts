import { durationFromMs } from '@bufbuild/protobuf/wkt';
import type { HandlerContext, ServiceImpl } from '@connectrpc/connect';
import type { AgentService } from '../../gen/ts/agentbus/v1/agent_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { CALL_LIMITS } from '../limits.ts';
import type { AgentStream } from './agent-stream/agent-stream.ts';
import type { AgentStreams } from './agent-stream/agent-streams.ts';
import { readFrames, writeFrames } from './agent-stream/serve.ts';
import type { RpcContext } from './context.ts';
import { hangUpKey } from './hang-up.ts';
import { callerOf } from './identity.ts';
import { pageSize } from './page-size.ts';
import { openPageToken, sealPageToken } from './page-token.ts';

/** AgentService on the bus; `streams` are shared with whatever else carries them. */
export function createAgentService(
  { agents }: Bus,
  context: RpcContext,
  streams: AgentStreams,
): ServiceImpl<typeof AgentService> {
  const write = (stream: AgentStream, { signal, requestHeader, values }: HandlerContext) =>
    writeFrames(stream, { signal, requestHeader, clock: context.clock, hangUp: values.get(hangUpKey) });
  return {
    async *agentStream(requests, call) {
      const stream = streams.open(callerOf(call));
      // It never rejects, and ends with the stream.
      void readFrames(requests, stream, streams.turns);
      yield* write(stream, call);
    },
    async *subscribe({ hello }, call) {
      const stream = streams.open(callerOf(call));
      if (hello === undefined) throw new Error('validation lets no request without a hello through');
      // Whatever is wrong with it ends the stream.
      void stream.take({ name: 'hello', sessionId: '', units: 1, read: () => ({ case: 'hello', value: hello }) });
      for await (const frame of write(stream, call)) yield { frame };
    },
    async registerAgent({ agent }, call) {
      if (agent === undefined) throw new Error('validation lets no request without an agent through');
      return { agent: await agents.register(callerOf(call), agent) };
    },
    async unregisterAgent({ agentId }, call) {
      await agents.unregister(callerOf(call), agentId);
      return {};
    },
    getAgent: ({ agentId }) => ({ agent: agents.get(agentId) }),
    listAgents({ pageSize: wanted, pageToken, status, capability }) {
      const after = openPageToken('agents', pageToken);
      const limit = pageSize(wanted, CALL_LIMITS.listPage);
      const page = agents.list({ limit, status, capability, ...(after !== undefined && { after }) });
      return { agents: page.agents, nextPageToken: sealPageToken('agents', page.next) };
    },
    heartbeat({ agentId, instanceId, heartbeat }, call) {
      agents.heartbeat(callerOf(call), {
        agentId,
        instanceId: instanceId || CALL_LIMITS.defaultInstanceId,
        load: heartbeat?.load ?? 0,
        note: heartbeat?.note ?? '',
      });
      return { heartbeatInterval: durationFromMs(context.heartbeatIntervalMs) };
    },
  };
}
