import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Bus } from './bus/bus.ts';
import { createBus } from './bus/create-bus.ts';
import type { BusObserver } from './bus/observer.ts';
import type { Tracer } from './bus/tracer.ts';
import { assertNotEncrypted, createEncryptedEngine } from './engine/encrypted.ts';
import type { Engine, EngineLimits, EngineRetention } from './engine/engine.ts';
import { openEngine } from './engine/open.ts';
import type { Clock } from './lib/clock.ts';
import { crashPoint } from './lib/crash-point.ts';
import type { Random } from './lib/random.ts';
import { RETENTION_LIMITS, STORE_LIMITS } from './limits.ts';
import type { Keys } from './rpc/identity.ts';
import { createRoutes } from './rpc/routes.ts';
import { createServer, type ServerOptions } from './server/create-server.ts';
import { createMetrics } from './server/metrics.ts';
import { createRetentionLog } from './server/retention-log.ts';

const beforeListen = crashPoint('start.before-listen');

/** What a node needs to know, wherever it was configured. */
export interface NodeOptions extends Pick<ServerOptions, 'host' | 'port' | 'maxConnections' | 'tls' | 'corsOrigins'> {
  /** `sqlite`. */
  readonly engine: string;
  /** `:memory:` for none. */
  readonly dataDir: string;
  /** 32 bytes; absent means that data is not encrypted. */
  readonly encryptionKey?: Uint8Array;
  readonly heartbeatIntervalMs: number;
  /** How long a message that does not say may wait for its recipient; absent means as long as it takes. */
  readonly messageTimeoutMs?: number;
  /** How long an agent may be gone before the tasks that it has in hand fail. */
  readonly taskLeaseMs: number;
  /** Deliveries of a message that may fail; the last of them makes it a dead letter. Absent: 5. */
  readonly maxDeliveries?: number;
  /** How long what has ended is kept; what is left out is as usual. */
  readonly retention?: Partial<EngineRetention>;
  readonly keys: Keys;
  readonly serverVersion: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent: no traces. */
  readonly tracer?: Tracer;
  /** The store failed: nothing can be promised any more, and the process must stop. */
  failed(error: Error): void;
}

/** One bus with its store behind it and its port in front. */
export interface BusNode {
  readonly bus: Bus;
  /** Rejects if the address cannot be had. */
  listen(): Promise<AddressInfo>;
  /**
   * Stops in good order: nothing new is taken, what is under way ends or is cut within a bound, unsettled mail goes
   * back, the store is flushed and closed. Safe to call twice.
   */
  stop(reason: string): Promise<void>;
}

/** Opens the store, loads what is under way, and puts the server in front. Rejects with an EngineError. */
export async function openNode(options: NodeOptions): Promise<BusNode> {
  const metrics = createMetrics();
  const tellForgotten = createRetentionLog({ ...options, everyMs: RETENTION_LIMITS.logEveryMs });
  const observer: BusObserver = {
    ...metrics.observer,
    forgotten(what) {
      metrics.observer.forgotten?.(what);
      tellForgotten(what);
    },
    failed: options.failed,
  };
  const { engine, bus } = await openBus(options, observer).catch((error: unknown) => {
    metrics.close();
    throw error;
  });
  metrics.show('mailbox_messages', () => engine.mailboxes.totalDepth().messages);
  metrics.show('dead_letters', () => engine.deadLetters.total().messages);
  metrics.show('dead_letter_bytes', () => engine.deadLetters.total().bytes);
  const server = createServer({ ...options, routes: createRoutes(bus), metrics });
  let stopping: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    await server.drain(reason);
    await bus.close();
    metrics.close();
  };
  return {
    bus,
    listen() {
      beforeListen();
      return server.listen();
    },
    stop(reason) {
      stopping ??= stop(reason);
      return stopping;
    },
  };
}

interface OpenBus {
  readonly engine: Engine;
  readonly bus: Bus;
}

/** The engine is closed again if anything in front of it cannot be opened: nobody else could free its data. */
async function openBus(options: NodeOptions, observer: BusObserver): Promise<OpenBus> {
  const { dataDir, clock, random, heartbeatIntervalMs, messageTimeoutMs } = options;
  const { maxDeliveries = STORE_LIMITS.maxDeliveries } = options;
  const retention = { ...STORE_LIMITS.retention, ...options.retention };
  const limits: EngineLimits = { ...STORE_LIMITS, maxDeliveries, retention };
  const store = await openEngine({ engine: options.engine, dataDir, clock, random, limits, observer });
  try {
    const engine = await unsealed(store, options);
    const bus = await createBus({
      engine,
      clock,
      random,
      observer,
      ...(options.tracer && { tracer: options.tracer }),
      heartbeatIntervalMs,
      taskLeaseMs: options.taskLeaseMs,
      ...(messageTimeoutMs !== undefined && { defaultMessageTtlMs: messageTimeoutMs }),
    });
    return { engine, bus };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The store as the bus reads and writes it. Rejects as `wrong_key`. */
async function unsealed(store: Engine, { encryptionKey, random }: NodeOptions): Promise<Engine> {
  if (encryptionKey !== undefined) return await createEncryptedEngine(store, { key: encryptionKey, random });
  await assertNotEncrypted(store);
  return store;
}
