import type { Transport } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { createBearer } from '../../../src/client/bearer.ts';
import { createNodeChannel } from '../../../src/client/node-channel.ts';

/** One run of the bus, as the clients see it. */
export interface BusRun {
  readonly number: number;
  readonly address: string;
  readonly apiKey: string;
  /** `work` goes on until the bus dies; `settle` only brings what is under way to its end. */
  readonly mode: 'work' | 'settle';
  /** Aborts when the process is gone. */
  readonly gone: AbortSignal;
  /**
   * Aborts a while later, and ends every call that is still open: what the bus said last has been read by then, and a client
   * that did not notice the end of its connection must not wait for ever.
   */
  readonly silent: AbortSignal;
  /** Aborts when receivers are to leave, at the end of `settle`. */
  readonly finish: AbortSignal;
}

/** A client of the bus that lives through many runs of it. */
export interface Actor {
  readonly name: string;
  /**
   * Works with one run of the bus until that is gone. Rejects when it is cut off; what was under way is unknown from then
   * on. Returns early only in `settle`.
   */
  run(bus: BusRun): Promise<void>;
}

/** How a client speaks: Connect and gRPC over HTTP/2, or JSON over HTTP/1.1 as `curl` does; on connections of its own. */
export type Protocol = 'connect' | 'grpc' | 'json';

/** A connection to this run of the bus, as generated stubs take it. */
export function openTransport(bus: BusRun, agentId: string, protocol: Protocol): Transport {
  const { unary, stream } = openBareTransport(bus, agentId, protocol);
  const until = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? bus.silent : AbortSignal.any([signal, bus.silent]);
  return {
    unary: (method, signal, ...rest) => unary(method, until(signal), ...rest),
    stream: (method, signal, ...rest) => stream(method, until(signal), ...rest),
  };
}

function openBareTransport({ address, apiKey }: BusRun, agentId: string, protocol: Protocol): Transport {
  if (protocol === 'grpc') return createNodeChannel({ address, apiKey, agentId }).transport;
  const options = { baseUrl: address, interceptors: [createBearer({ apiKey, agentId })] };
  if (protocol === 'json') return createConnectTransport({ ...options, httpVersion: '1.1', useBinaryFormat: false });
  return createConnectTransport({ ...options, httpVersion: '2' });
}

/** Resolves after a while, or as soon as one of the signals aborts. Pace, not synchronization: nothing depends on its length. */
export function pause(ms: number, ...signals: readonly AbortSignal[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const signal = AbortSignal.any([...signals]);
  if (signal.aborted) return Promise.resolve();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
