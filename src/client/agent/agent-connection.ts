import type { Transport } from '@connectrpc/connect';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import type { BackoffOptions } from '../backoff.ts';
import type { OutgoingMessage } from '../outgoing-message.ts';
import type { SessionEvent } from '../records.ts';
import type { ConnectionStatus } from './connection-status.ts';
import type { Handlers, MessageHandler, ReceiptHandler, TaskHandler } from './handlers.ts';
import type { AgentDescription } from './hello.ts';
import type { SendOutcome } from './pending-sends.ts';

/** An agent on the bus: it keeps a stream open, whatever happens to connections, until it leaves or is refused. */
export interface AgentConnection {
  readonly agentId: string;
  readonly instanceId: string;
  readonly status: ConnectionStatus;
  /** Resolves when the bus has first welcomed the agent; rejects if it never will. */
  ready(): Promise<void>;
  /** Resolves when the agent has left as it was told to; rejects with STREAM_FENCED or with what the bus refused it for. */
  readonly closed: Promise<void>;
  /** Sets what does the tasks. Set all handlers before anything is awaited: a message without one goes to the dead letters. */
  onTask(handler: TaskHandler): void;
  /** Sets what takes all other messages. */
  onMessage(handler: MessageHandler): void;
  /** Sets what hears of the messages that this process sent with `receipts`, while a stream is open. */
  onReceipt(handler: ReceiptHandler): void;
  /**
   * Sends a message; resolves when it is on disk. While the bus is away the message waits, and it is sent again under the same
   * id if its answer was lost. Rejects with what the bus refuses it for, and when the agent leaves before there is an answer.
   */
  send(message: OutgoingMessage): Promise<SendOutcome>;
  /**
   * Follows a session: each event once, in order, across lost connections, until the session has ended. Throws what the bus
   * refuses it for, and CANCELLED when the agent leaves.
   */
  watch(sessionId: string, options?: { readonly after?: number }): AsyncGenerator<SessionEvent, void, undefined>;
  /**
   * Takes no more work, finishes what is running and what is being sent, and leaves. After `graceMs` it leaves all the
   * same, and what is unfinished is delivered again. Default: no limit. Rejects as `closed` does.
   */
  drain(options?: { readonly graceMs?: number }): Promise<void>;
  /** Leaves soon: as `drain`, but tells the handlers by their signal to stop. `graceMs` is 10,000 by default. Never rejects. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** What an agent is made of. */
export interface AgentOptions extends AgentDescription, Readonly<Handlers> {
  /** Carries the stream, and the key with it. */
  readonly transport: Transport;
  /** Where the transport leads, for the texts of errors. */
  readonly address?: string;
  /**
   * How long to try before the bus welcomes the agent for the first time, in milliseconds; `Infinity` for as long as it takes.
   * Default 30,000. An agent whose time is over ends with UNAVAILABLE: the address may be wrong. One that was welcomed once
   * connects again for as long as it takes.
   */
  readonly connectTimeoutMs?: number;
  /** Waits before connecting again. */
  readonly backoff?: BackoffOptions;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Called with each change of the connection. What it throws, the process hears. */
  readonly onStatus?: (status: ConnectionStatus) => void;
  /** Drops the connection under the transport, which failed or is not needed any more. */
  readonly resetConnection?: () => void;
}
