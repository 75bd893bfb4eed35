import { createNodeChannel, type NodeChannelOptions } from './node-channel.ts';
import { createOrchestrator, type Orchestrator, type OrchestratorOptions } from './orchestrator.ts';

/** Where the bus is, who calls, and as which agent. */
export type ConnectOrchestratorOptions = NodeChannelOptions & Omit<OrchestratorOptions, 'transport' | 'address'>;

/** Makes an orchestrator client over gRPC. Connects with the first call. */
export function connectOrchestrator(options: ConnectOrchestratorOptions): Orchestrator {
  const channel = createNodeChannel(options);
  const orchestrator = createOrchestrator({ ...options, transport: channel.transport });
  return {
    ...orchestrator,
    close() {
      orchestrator.close();
      channel.reset();
    },
  };
}
