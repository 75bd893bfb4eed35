import { durationMs } from '@bufbuild/protobuf/wkt';
import type { ServiceImpl } from '@connectrpc/connect';
import type { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Bus } from '../bus/bus.ts';
import { crashPoint } from '../lib/crash-point.ts';
import { CALL_LIMITS } from '../limits.ts';
import type { RpcContext } from './context.ts';
import { callerOf } from './identity.ts';
import { pageSize } from './page-size.ts';
import { openPageToken, openSequenceToken, sealPageToken } from './page-token.ts';
import { createWaitingSignal } from './waiting-signal.ts';
import { withKeepalive } from './with-keepalive.ts';

const beforeSessionEvent = crashPoint('stream.before-session-event');
const afterSessionEvent = crashPoint('stream.after-session-event');

/** SessionService on the bus. */
export function createSessionService(
  bus: Bus,
  { clock, drain, heartbeatIntervalMs }: RpcContext,
): ServiceImpl<typeof SessionService> {
  const { sessions, tasks } = bus;
  return {
    createSession: async (request, context) => ({ session: await sessions.create(callerOf(context), request) }),
    getSession: async ({ sessionId }, context) => ({ session: await sessions.get(callerOf(context), sessionId) }),
    async listSessions({ state, participant, labels, pageSize: wanted, pageToken }, context) {
      const after = openPageToken('sessions', pageToken);
      const limit = pageSize(wanted, CALL_LIMITS.listPage);
      const query = { state, participant, labels, limit, ...(after !== undefined && { after }) };
      const page = await sessions.list(callerOf(context), query);
      return { sessions: page.sessions, nextPageToken: sealPageToken('sessions', page.next) };
    },
    addParticipant: async (request, context) => ({
      session: await sessions.addParticipant(callerOf(context), request),
    }),
    removeParticipant: async (request, context) => ({
      session: await sessions.removeParticipant(callerOf(context), request),
    }),
    updateWorkflow: async (request, context) => ({
      session: await sessions.updateWorkflow(callerOf(context), request),
    }),
    updateSharedContext: async (request, context) => ({
      session: await sessions.updateSharedContext(callerOf(context), request),
    }),
    completeSession: async (request, context) => ({ session: await sessions.complete(callerOf(context), request) }),
    terminateSession: async (request, context) => ({ session: await sessions.terminate(callerOf(context), request) }),
    async *watchSession({ sessionId, afterSequence, types }, context) {
      const signal = createWaitingSignal(context.signal, drain);
      const query = { sessionId, afterSequence: cursor(afterSequence), types, signal };
      // Membership and cursor are checked before the stream opens, so that a refusal comes as a plain error.
      await sessions.events(callerOf(context), { ...query, limit: 1, waitMs: 0 });
      const batches = sessions.watch(callerOf(context), query);
      // No header leaves before the first message: this one opens the stream.
      yield {};
      for await (const batch of withKeepalive(batches, { clock, intervalMs: heartbeatIntervalMs })) {
        if (batch === undefined) {
          yield {};
          continue;
        }
        beforeSessionEvent();
        for (const event of batch) yield { event };
        afterSessionEvent();
      }
      // A watch that is broken off must not look like one whose session has ended.
      signal.throwIfAborted();
    },
    async listSessionEvents({ sessionId, afterSequence, types, wait, pageSize: wanted, pageToken }, context) {
      const token = openSequenceToken('events', pageToken);
      const page = await sessions.events(callerOf(context), {
        sessionId,
        afterSequence: token ?? cursor(afterSequence),
        types,
        limit: pageSize(wanted, CALL_LIMITS.eventPage),
        waitMs: wait ? durationMs(wait) : 0,
        signal: createWaitingSignal(context.signal, drain),
      });
      return { events: page.events, nextPageToken: sealPageToken('events', page.next?.toString()) };
    },
    getTask: async ({ sessionId, taskId, delegator }, context) => ({
      task: await tasks.get(callerOf(context), { sessionId, taskId, delegator }),
    }),
    async listTasks({ sessionId, status, assignee, pageSize: wanted, pageToken }, context) {
      const after = openSequenceToken('tasks', pageToken);
      const limit = pageSize(wanted, CALL_LIMITS.listPage);
      const query = { sessionId, status, assignee, limit, ...(after !== undefined && { after }) };
      const page = await tasks.list(callerOf(context), query);
      return { tasks: page.tasks, nextPageToken: sealPageToken('tasks', page.next?.toString()) };
    },
    cancelTask: async ({ sessionId, taskId, delegator, reason }, context) => ({
      task: await tasks.cancel(callerOf(context), { sessionId, taskId, delegator, reason }),
    }),
    aggregateResults: (request, context) =>
      bus.aggregation.aggregate(callerOf(context), { ...request, signal: context.signal }),
  };
}

/** A sequence from the wire. No session has events beyond what a number holds exactly. */
function cursor(afterSequence: bigint): number {
  return afterSequence > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(afterSequence);
}
