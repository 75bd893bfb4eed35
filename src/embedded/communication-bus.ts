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
  #state: 'stopped' | 'changing' | Running = 'stopped';
  #stopping: Promise<void> | undefined;

  /** Throws a TypeError or RangeError that names the field. Nothing is opened before `start`. */
  constructor(config: CommunicationBusConfig) {
    this.#config = completeConfig(config);
  }

  /**
   * Opens the store and listens. Rejects with the reason if the data is in use, was written by a newer version or
   * with another encryption key, if the address is taken, or if the bus was started already.
   */
  async start(): Promise<void> {
    if (this.#state !== 'stopped') throw new Error('the bus is started already');
    this.#state = 'changing';
    try {
      this.#state = await this.#open();
    } catch (error) {
      this.#state = 'stopped';
      throw error;
    }
  }

  /**
   * Stops in good order: streams are told, unsettled mail goes back, everything is on disk. Safe to call twice.
   * Rejects while the bus starts.
   */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return;
    if (this.#state !== 'changing') this.#stopping = this.#close(this.#state);
    if (this.#stopping === undefined) throw new Error('the bus is starting: await start() before stop()');
    await this.#stopping;
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
    if (typeof this.#state === 'string') throw new Error('the bus is not started: call start() first');
    return this.#state;
  }

  async #open(): Promise<Running> {
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
      const { port } = await node.listen();
      const sessions = createEmbeddedSessions(node.bus, this.#config.random);
      return { node, port, sessions, sessionManager: new SessionManager(node.bus) };
    } catch (error) {
      await node.stop('the address is taken');
      throw error;
    }
  }

  async #close({ node, sessionManager }: Running): Promise<void> {
    this.#state = 'changing';
    try {
      await node.bus.flush();
      await node.stop('the program stops its bus');
      sessionManager.close();
    } finally {
      this.#state = 'stopped';
      this.#stopping = undefined;
    }
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
