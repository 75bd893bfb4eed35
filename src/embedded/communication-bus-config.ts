import type { Logger } from 'pino';

/** How an embedded bus is set up. Every field has a default. */
export interface CommunicationBusConfig {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Port to listen on, 0 for any free one. Default 8080. */
  readonly port?: number;
  /** Most connections at once; more are refused. Default 10,000. */
  readonly maxConnections?: number;
  /** Longest silence on a stream, either way, in milliseconds: 100 to 600,000. Default 15,000. */
  readonly heartbeatInterval?: number;
  /**
   * How long a message that names no `expires_at` may wait to be acknowledged, in milliseconds; then it
   * expires. Default: as long as it takes.
   */
  readonly messageTimeout?: number;
  /**
   * How long an agent may be gone before the tasks that it has in hand fail, in milliseconds: 100 to 86,400,000.
   * Default 30,000.
   */
  readonly taskLease?: number;
  /** Deliveries of a message that may fail: the last of them makes it a dead letter. 1 to 1,000. Default 5. */
  readonly maxDeliveries?: number;
  /**
   * How long a message that has ended is remembered, in milliseconds: so long a repeat of it is recognized, and its status
   * known. 60,000 to 315,360,000,000 (ten years). Default 86,400,000, a day.
   */
  readonly messageRetention?: number;
  /** Most messages that are remembered: 10,000 to 10,000,000,000. Default 50,000,000. */
  readonly maxMessageRecords?: number;
  /** How long a dead letter is kept, in milliseconds: 60,000 to 315,360,000,000. Default 2,592,000,000, 30 days. */
  readonly deadLetterRetention?: number;
  /** Most bytes of dead letters: 4 MiB to 16 TiB; the oldest ones go first. Default 1 GiB. */
  readonly maxDeadLetterBytes?: number;
  /**
   * How long an ended session, or an ended task outside of sessions, is kept, in milliseconds: 60,000 to 315,360,000,000.
   * Default 2,592,000,000, 30 days.
   */
  readonly sessionRetention?: number;
  /** Most bytes of ended sessions: 4 MiB to 16 TiB; the oldest ones go first. Default 4 GiB. */
  readonly maxEndedSessionBytes?: number;
  /** Whether sessions and messages survive the process: on disk in `dataDir`, or in memory only. Default false. */
  readonly persistenceEnabled?: boolean;
  /** Where data is kept when `persistenceEnabled`. Default `./.agentbus`. */
  readonly dataDir?: string;
  /** Whether what agents write is sealed with AES-256-GCM before it is stored. Default false. */
  readonly encryptionEnabled?: boolean;
  /**
   * 32 bytes in base64, for `encryptionEnabled`. Default: a key that is made at the first start and kept beside the
   * data, which keeps copies of the database unreadable but not a copy of the whole directory.
   */
  readonly encryptionKey?: string;
  /** The key that clients show; whoever has it may speak as any agent. Required, so that nobody runs an open bus by accident. */
  readonly apiKey: string;
  /** Where the bus logs. Default: warnings and worse as JSON on standard error. */
  readonly log?: Logger;
}
