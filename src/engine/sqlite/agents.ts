import { SQLITE_LIMITS } from '../../limits.ts';
import type { AgentDirectory } from '../engine.ts';
import { listAgents, putAgent, removeAgent } from './operations/agent-rows.ts';
import type { StoreThread } from './store-thread.ts';

export function createAgentDirectory(store: StoreThread): AgentDirectory {
  return {
    put: (agent) => store.call(putAgent, agent),
    remove: (agentId) => store.call(removeAgent, agentId),
    list: ({ after = '', limit }) =>
      store.call(listAgents, { after, limit: Math.min(limit, SQLITE_LIMITS.maxListPage) }),
  };
}
