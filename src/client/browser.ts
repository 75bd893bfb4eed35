/**
 * The orchestrator client for browsers, over the Connect protocol. Nothing here or below
 * it needs Node. Agents live on a bidirectional stream, which browsers do not have.
 */
import { createConnectTransport } from '@connectrpc/connect-web';
import { createBearer } from './bearer.ts';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from './orchestrator.ts';

export * from './public.ts';

/** Where the bus is, who calls, and as which agent. */
export interface BrowserOrchestratorOptions extends Omit<OrchestratorOptions, 'transport' | 'address'> {
  /** Such as `https://bus.example.com`, or `location.origin`. */
  readonly address: string;
  /** The key of the principal that calls. Whoever can read the page can read it. */
  readonly apiKey: string;
  /** `binary` (default) is smaller; `json` can be read in the network tools of the browser. */
  readonly format?: 'binary' | 'json';
}

/** Makes an orchestrator client over the browser's own `fetch`. */
export function connectOrchestrator({
  address,
  apiKey,
  format = 'binary',
  ...options
}: BrowserOrchestratorOptions): Orchestrator {
  const transport = createConnectTransport({
    baseUrl: address,
    interceptors: [createBearer({ apiKey, agentId: options.agentId })],
    useBinaryFormat: format === 'binary',
  });
  return createOrchestrator({ ...options, address, transport });
}
