import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Bus } from './bus/bus.ts';
import { createBus } from './bus/create-bus.ts';
import { assertNotEncrypted, createEncryptedEngine } from './engine/encrypted.ts';
import type { Engine } from './engine/engine.ts';
import { openEngine } from './engine/open.ts';
import type { Clock } from './lib/clock.ts';
import type { Random } from './lib/random.ts';
import { STORE_LIMITS } from './limits.ts';
import type { Keys } from './rpc/identity.ts';
import { createRoutes } from './rpc/routes.ts';
import { createServer, type ServerOptions } from './server/create-server.ts';
import { createMetrics } from './server/metrics.ts';

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
  readonly keys: Keys;
  readonly serverVersion: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: Random;
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
  const { clock, random, log, heartbeatIntervalMs, messageTimeoutMs } = options;
  const metrics = createMetrics();
  const observer = { ...metrics.observer, failed: options.failed };
  const engine = await openStore(options, observer);
  const bus = await createBus({
    engine,
    clock,
    random,
    observer,
    heartbeatIntervalMs,
    ...(messageTimeoutMs !== undefined && { defaultMessageTtlMs: messageTimeoutMs }),
  });
  metrics.show('mailbox_messages', () => engine.mailboxes.totalDepth().messages);
  const server = createServer({ ...options, routes: createRoutes(bus), metrics, log });
  let stopping: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    await server.drain(reason);
    await bus.close();
    metrics.close();
  };
  return {
    bus,
    listen: () => server.listen(),
    stop(reason) {
      stopping ??= stop(reason);
      return stopping;
    },
  };
}

async function openStore(
  options: NodeOptions,
  observer: Parameters<typeof openEngine>[0]['observer'],
): Promise<Engine> {
  const { dataDir, clock, random, encryptionKey } = options;
  const engine = await openEngine({ engine: options.engine, dataDir, clock, random, limits: STORE_LIMITS, observer });
  try {
    if (encryptionKey !== undefined) return await createEncryptedEngine(engine, { key: encryptionKey, random });
    await assertNotEncrypted(engine);
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}
