import { durationMs } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { AgentService } from '../../../gen/ts/agentbus/v1/agent_service_pb.js';
import type { AgentStreamResponse, Welcome } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Clock, Timer } from '../../lib/clock.ts';
import { CLIENT_LIMITS } from '../client-limits.ts';
import { AgentbusError } from '../errors.ts';
import type { ClientFrame, Lane } from './lane.ts';
import { createOutbox } from './outbox.ts';

/** One stream, from hello to its end. */
export interface AgentStream {
  /** Resolves when the stream is over, with the error that ended it unless both sides had finished. */
  readonly ended: Promise<AgentbusError | undefined>;
  /** When the bus welcomed the agent, in milliseconds since the epoch; undefined until then. */
  readonly welcomedAt: number | undefined;
  /** A lane has something to say. */
  wake(): void;
  /**
   * Ends the agent's side when the lanes have nothing more to say, and waits a moment for the bus to follow. Before the
   * welcome there is nobody to take leave of: the stream is over at once.
   */
  end(): void;
  /** Breaks the stream off. */
  abort(error: AgentbusError): void;
}

/** What a stream works with. */
export interface AgentStreamOptions {
  readonly client: Client<typeof AgentService>;
  readonly clock: Clock;
  readonly hello: ClientFrame;
  /** Earlier lanes go first. */
  readonly lanes: readonly Lane[];
  /** The bus has welcomed the agent, and leases its deliveries for so long; the lanes have been told. */
  welcomed(welcome: Welcome, leaseMs: number): void;
  /** Any later frame. Must not block: it is called by the reader of the stream. */
  received(frame: AgentStreamResponse['frame']): void;
  /** A third of the heartbeat interval or of the lease has passed, whichever is shorter. */
  beat(): void;
}

/**
 * Opens a stream. A bus that does not welcome in time, or is silent for two heartbeat intervals, is gone
 * even if the connection does not know it yet.
 */
export function openAgentStream(options: AgentStreamOptions): AgentStream {
  const { client, clock, lanes } = options;
  const outbox = createOutbox(options.hello, lanes);
  const controller = new AbortController();
  let reason: AgentbusError | undefined;
  let isLeft = false;
  let welcomedAt: number | undefined;
  let heardAt = clock.now();
  let timer = clock.setTimer(
    () => abort(gone('the bus did not welcome the agent in time')),
    CLIENT_LIMITS.welcomeTimeoutMs,
  );
  let farewell: Timer | undefined;

  function abort(error: AgentbusError): void {
    reason ??= error;
    controller.abort();
  }

  function welcome(message: Welcome): void {
    timer.cancel();
    const { heartbeatInterval, limits } = message;
    const intervalMs = heartbeatInterval ? durationMs(heartbeatInterval) : CLIENT_LIMITS.defaultHeartbeatIntervalMs;
    const leaseMs = limits?.lease ? durationMs(limits.lease) : CLIENT_LIMITS.defaultLeaseMs;
    welcomedAt = clock.now();
    for (const lane of lanes) lane.online();
    outbox.open();
    options.welcomed(message, leaseMs);
    // A third: one beat may be lost, and the next one late, before a lease or the patience of the bus runs out.
    tick({ beatMs: Math.min(intervalMs, leaseMs) / 3, patienceMs: 2 * intervalMs });
  }

  function tick(pace: { beatMs: number; patienceMs: number }): void {
    timer = clock.setTimer(() => {
      if (clock.now() - heardAt > pace.patienceMs)
        return abort(gone('nothing was heard of the bus for two heartbeat intervals'));
      options.beat();
      tick(pace);
    }, pace.beatMs);
  }

  async function read(): Promise<AgentbusError | undefined> {
    try {
      for await (const { frame } of client.agentStream(outbox.frames, { signal: controller.signal })) {
        heardAt = clock.now();
        if (frame.case === 'welcome') welcome(frame.value);
        else options.received(frame);
      }
      return undefined;
    } catch (thrown) {
      return isLeft ? undefined : (reason ?? AgentbusError.from(thrown));
    } finally {
      timer.cancel();
      farewell?.cancel();
      outbox.abort();
      for (const lane of lanes) lane.offline();
    }
  }

  return {
    ended: read(),
    get welcomedAt() {
      return welcomedAt;
    },
    wake: outbox.wake,
    end() {
      if (welcomedAt === undefined) {
        isLeft = true;
        controller.abort();
        return;
      }
      outbox.end();
      farewell ??= clock.setTimer(
        () => abort(gone('the bus did not end the stream in time')),
        CLIENT_LIMITS.farewellTimeoutMs,
      );
    },
    abort,
  };
}

function gone(message: string): AgentbusError {
  return new AgentbusError({ code: 'UNAVAILABLE', message });
}
