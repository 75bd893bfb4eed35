import type { Clock, Timer } from '../../lib/clock.ts';
import type { Backoff } from '../backoff.ts';
import { CLIENT_LIMITS } from '../client-limits.ts';
import type { AgentbusError } from '../errors.ts';
import { sleep } from '../sleep.ts';
import { unreachable, withAddress } from '../unreachable.ts';
import type { AgentStream } from './agent-stream.ts';
import { isFinal } from './connection-status.ts';
import { hasLeft, type Lifecycle } from './lifecycle.ts';

/** Keeps one stream open after the other, until the agent has left or is refused. */
export interface Connector {
  /** Whether the agent takes no more work. */
  readonly isLeaving: boolean;
  /** Resolves when the agent has left; rejects with the error for which it cannot stay. */
  run(): Promise<void>;
  /** The bus has welcomed the agent: it is there, and from now on worth waiting for however long it is away. */
  welcomed(): void;
  /** Something is to be said, or less is to be waited for. */
  changed(): void;
  /** Opens another stream when this one has nothing left to do or has ended, after a while. */
  reconnect(delayMs: number): void;
  /** Leaves when nothing is left to do, or after `graceMs` at the latest; of several such times the shortest counts. */
  leave(graceMs: number | undefined): void;
}

/** What a connector works with. */
export interface ConnectorOptions {
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly lifecycle: Lifecycle;
  /** How long to try before the first welcome; Infinity for as long as it takes. */
  readonly connectTimeoutMs: number;
  /** Where the bus is looked for, for the texts of errors. */
  readonly address: string | undefined;
  openStream(): AgentStream;
  /** Whether nothing is being worked on, sent or settled. */
  isQuiet(): boolean;
  /** The stream is over; with an error, the connection under it may be broken. */
  streamEnded(error: AgentbusError | undefined): void;
}

/** Makes a connector; nothing happens before it runs. */
export function createConnector(options: ConnectorOptions): Connector {
  const { clock, backoff, lifecycle, connectTimeoutMs, address, isQuiet } = options;
  const stopWaiting = new AbortController();
  let stream: AgentStream | undefined;
  let isLeaving = false;
  let isOver = false;
  let graceTimer: Timer | undefined;
  let graceEndsAt = Number.POSITIVE_INFINITY;
  let connectTimer: Timer | undefined;
  /** What the last stream ended with. */
  let lastError: AgentbusError | undefined;
  /** The bus was never reached in the time that there was for it. */
  let neverReached: AgentbusError | undefined;
  /** When to open another stream after this one, if somebody asked for it. */
  let reopenInMs: number | undefined;

  /** Stays true: who has left does not come back for a message that was sent a moment too late. */
  function isDone(): boolean {
    isOver ||= isLeaving && isQuiet();
    return isOver;
  }

  function changed(): void {
    stream?.wake();
    if (isQuiet() && (isLeaving || reopenInMs !== undefined)) stream?.end();
    if (isDone()) stopWaiting.abort();
  }

  async function runStream(): Promise<AgentbusError | undefined> {
    const opened = options.openStream();
    stream = opened;
    // The agent may have got ready to leave before anybody could tell this stream.
    changed();
    const error = await opened.ended;
    stream = undefined;
    lastError = error ?? lastError;
    options.streamEnded(error);
    const heldMs = opened.welcomedAt === undefined ? 0 : clock.now() - opened.welcomedAt;
    if (heldMs >= CLIENT_LIMITS.healthyStreamMs) backoff.reset();
    return error;
  }

  async function pause(error: AgentbusError | undefined): Promise<void> {
    const retryInMs = reopenInMs ?? backoff.next();
    reopenInMs = undefined;
    if (!isLeaving) lifecycle.set({ state: 'waiting', retryInMs, error });
    await sleep(clock, retryInMs, stopWaiting.signal);
  }

  return {
    get isLeaving() {
      return isLeaving;
    },
    async run() {
      if (connectTimeoutMs !== Number.POSITIVE_INFINITY)
        connectTimer = clock.setTimer(giveUpConnecting, connectTimeoutMs);
      try {
        while (!isDone()) {
          if (!isLeaving) lifecycle.set({ state: 'connecting' });
          const error = await runStream();
          if (isDone()) return;
          if (error !== undefined && isFinal(error)) throw withAddress(error, address);
          if (neverReached === undefined) await pause(error);
          if (neverReached !== undefined && !isDone()) throw neverReached;
        }
      } finally {
        graceTimer?.cancel();
        connectTimer?.cancel();
      }
    },
    welcomed: () => connectTimer?.cancel(),
    changed,
    reconnect(delayMs) {
      // Without a stream the next one comes by itself.
      if (stream === undefined) return;
      reopenInMs = delayMs;
      changed();
    },
    leave(graceMs) {
      const wasLeaving = isLeaving;
      isLeaving = true;
      if (!wasLeaving) lifecycle.set({ state: 'draining' });
      if (graceMs !== undefined) boundBy(graceMs);
      changed();
    },
  };

  /** Whoever asked for the shortest time gets it. */
  function boundBy(graceMs: number): void {
    const endsAt = clock.now() + graceMs;
    if (isOver || endsAt >= graceEndsAt) return;
    graceEndsAt = endsAt;
    graceTimer?.cancel();
    graceTimer = clock.setTimer(giveUp, graceMs);
  }

  function giveUpConnecting(): void {
    neverReached = unreachable(address, lastError);
    stream?.abort(neverReached);
    stopWaiting.abort();
  }

  function giveUp(): void {
    isOver = true;
    stream?.abort(hasLeft());
    stopWaiting.abort();
  }
}
