import { keyBesideData } from '../keys/encryption-key.ts';
import { type BusNode, openNode } from '../open-node.ts';
import type { CommunicationBusConfig } from './communication-bus-config.ts';
import { type CompleteConfig, completeConfig } from './complete-config.ts';
import { createEmbeddedSessions, type EmbeddedSessions } from './embedded-sessions.ts';
import { SessionManager } from './session-manager.ts';

/**
 * A bus inside a program: the same server as `agentbus`, started and stopped by calls, with the
 * sessions at hand.
 */
export class CommunicationBus {
  readonly #config: CompleteConfig;
  #running: Running | undefined;

  /** Throws a TypeError or RangeError that names the field. Nothing is opened before `start`. */
  constructor(config: CommunicationBusConfig) {
    this.#config = completeConfig(config);
  }

  /**
   * Opens the store and listens. Rejects with the reason if the data is in use, was written by a newer version or
   * with another encryption key, or if the address is taken.
   */
  async start(): Promise<void> {
    if (this.#running !== undefined) throw new Error('the bus is started already');
    const node = await openNode({
      ...this.#config,
      ...(await this.#encryptionKey()),
      // Nothing that was promised can be kept any more. Thrown where nobody catches it, so that the process ends.
      failed: (error) =>
        queueMicrotask(() => {
          throw error;
        }),
    });
    try {
      const address = await node.listen();
      this.#running = {
        node,
        port: address.port,
        sessions: createEmbeddedSessions(node.bus),
        sessionManager: new SessionManager(node.bus),
      };
    } catch (error) {
      await node.stop('the address is taken');
      throw error;
    }
  }

  /** Stops in good order: streams are told, unsettled mail goes back, everything is on disk. Safe to call twice. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    await running.node.bus.flush();
    await running.node.stop('the program stops its bus');
    running.sessionManager.close();
    this.#running = undefined;
  }

  /** Resolves when every change made before the call is on disk. */
  flush(): Promise<void> {
    return this.#started().node.bus.flush();
  }

  /** Sessions, awaited: each change resolves when it is on disk. */
  get sessions(): EmbeddedSessions {
    return this.#started().sessions;
  }

  /** `http://host:port`, for clients on this machine. */
  get address(): string {
    return `http://${this.#config.host}:${this.#started().port}`;
  }

  /** Sessions, without waiting. `sessions` is the public way; this one is here for programs written for it. */
  protected get sessionManager(): SessionManager {
    return this.#started().sessionManager;
  }

  #started(): Running {
    if (this.#running === undefined) throw new Error('the bus is not started: call start() first');
    return this.#running;
  }

  async #encryptionKey(): Promise<{ encryptionKey?: Uint8Array }> {
    const { encryption, dataDir, random } = this.#config;
    if (!encryption.enabled) return {};
    if (encryption.key !== undefined) return { encryptionKey: encryption.key };
    return { encryptionKey: dataDir === ':memory:' ? random.bytes(32) : await keyBesideData(dataDir, random) };
  }
}

interface Running {
  readonly node: BusNode;
  readonly port: number;
  readonly sessions: EmbeddedSessions;
  readonly sessionManager: SessionManager;
}
