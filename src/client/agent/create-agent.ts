import { createClient } from '@connectrpc/connect';
import { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import { createSystemClock } from '../../lib/clock.ts';
import { mintId } from '../../lib/ids.ts';
import { createSystemRandom } from '../../lib/random.ts';
import { createBackoff } from '../backoff.ts';
import { CLIENT_LIMITS } from '../client-limits.ts';
import { AgentbusError } from '../errors.ts';
import { encodeMessage, type OutgoingMessage } from '../outgoing-message.ts';
import type { AgentConnection, AgentOptions } from './agent-connection.ts';
import { type AgentStream, openAgentStream } from './agent-stream.ts';
import { createConnector } from './connector.ts';
import { createConversation } from './conversation.ts';
import type { Handlers } from './handlers.ts';
import { createHello, DEFAULT_MAX_IN_FLIGHT } from './hello.ts';
import { createLifecycle, hasLeft } from './lifecycle.ts';
import type { SendOutcome } from './pending-sends.ts';

/**
 * Connects an agent over any transport that has bidirectional streams; see `connectAgent` for the usual one. Throws
 * INVALID_ARGUMENT for a `maxInFlight` that is none.
 */
export function createAgent(options: AgentOptions): AgentConnection {
  const { agentId, transport, maxInFlight = DEFAULT_MAX_IN_FLIGHT } = options;
  checkMaxInFlight(maxInFlight);
  const {
    clock = createSystemClock({ keepsAlive: true }),
    random = createSystemRandom(),
    resetConnection = () => {},
  } = options;
  const { instanceId = mintId('i', random) } = options;
  const client = createClient(AgentService, transport);
  const handlers: Handlers = {};
  const lifecycle = createLifecycle(options.onStatus);
  const stopping = new AbortController();
  // Unique by its random part, and cheaper than a random part for each message.
  const messagePrefix = mintId('msg', random);
  let messageCount = 0;
  let isSendOnly = false;

  const conversation = createConversation({
    handlers,
    maxInFlight,
    clock,
    createBackoff: () => createBackoff(random, options.backoff),
    signal: stopping.signal,
    send,
    isLeaving: () => connector.isLeaving,
    changed: () => connector.changed(),
    reconnect: (delayMs) => connector.reconnect(delayMs),
    refused(error) {
      if (lifecycle.status.state === 'online') lifecycle.set({ ...lifecycle.status, error });
    },
  });
  const { sends, watches, work } = conversation;

  const connector = createConnector({
    clock,
    backoff: createBackoff(random, options.backoff),
    lifecycle,
    connectTimeoutMs: options.connectTimeoutMs ?? CLIENT_LIMITS.connectTimeoutMs,
    address: options.address,
    openStream,
    isQuiet: conversation.isQuiet,
    streamEnded(error) {
      work.streamLost();
      if (error !== undefined) resetConnection();
    },
  });

  function openStream(): AgentStream {
    // Who has no handlers, or is leaving, could only give its mail back.
    isSendOnly = connector.isLeaving || (handlers.onTask === undefined && handlers.onMessage === undefined);
    const hello = createHello(options, { instanceId, sendOnly: isSendOnly });
    return openAgentStream({
      ...conversation,
      client,
      clock,
      hello,
      welcomed({ connectionId }, leaseMs) {
        connector.welcomed();
        work.leased(leaseMs);
        if (!connector.isLeaving) lifecycle.set({ state: 'online', connectionId });
        lifecycle.welcomed();
      },
    });
  }

  function finish(error: AgentbusError | undefined): void {
    stopping.abort(error ?? hasLeft());
    resetConnection();
    const over = lifecycle.finish(error);
    sends.fail(over);
    watches.fail(over);
  }

  function leave(graceMs: number | undefined): void {
    if (lifecycle.over !== undefined) return;
    conversation.farewell.ask();
    connector.leave(graceMs);
  }

  async function send(message: OutgoingMessage): Promise<SendOutcome> {
    if (lifecycle.over !== undefined) throw lifecycle.over;
    const { messageId, bytes } = encodeMessage(message, {
      agentId,
      messageId: `${messagePrefix}-${++messageCount}`,
      now: clock.now(),
    });
    return sends.send(messageId, bytes);
  }

  function setHandlers({ onTask, onMessage, onReceipt }: Handlers): void {
    if (onTask !== undefined) handlers.onTask = onTask;
    if (onMessage !== undefined) handlers.onMessage = onMessage;
    if (onReceipt !== undefined) handlers.onReceipt = onReceipt;
    const takesMail = handlers.onTask !== undefined || handlers.onMessage !== undefined;
    if (isSendOnly && takesMail && !connector.isLeaving) connector.reconnect(0);
  }

  setHandlers(options);
  // Handlers that are set in the same turn as the agent is made are there before the first delivery.
  queueMicrotask(() => {
    connector.run().then(
      () => finish(undefined),
      (thrown) => finish(AgentbusError.from(thrown)),
    );
  });

  return {
    agentId,
    instanceId,
    get status() {
      return lifecycle.status;
    },
    get closed() {
      return lifecycle.closed();
    },
    ready: lifecycle.ready,
    onTask: (onTask) => setHandlers({ onTask }),
    onMessage: (onMessage) => setHandlers({ onMessage }),
    onReceipt: (onReceipt) => setHandlers({ onReceipt }),
    send,
    watch: (sessionId, { after = 0 } = {}) => watches.watch(sessionId, after),
    drain({ graceMs } = {}) {
      leave(graceMs);
      return lifecycle.closed();
    },
    async close({ graceMs = 10_000 } = {}) {
      stopping.abort(hasLeft());
      watches.fail(hasLeft());
      leave(graceMs);
      await lifecycle.closed().catch(() => {});
    },
  };
}

function checkMaxInFlight(count: number): void {
  const limit = CLIENT_LIMITS.maxInFlight;
  if (Number.isInteger(count) && count >= 1 && count <= limit) return;
  throw new AgentbusError({ code: 'INVALID_ARGUMENT', message: `maxInFlight is 1 to ${limit}, not ${count}` });
}
