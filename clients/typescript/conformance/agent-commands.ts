import { readFileSync } from 'node:fs';
import {
  type AgentConnection,
  type ConnectAgentOptions,
  type ConnectionStatus,
  connectAgent,
} from '@vibes/agent-communication-bus';
import { camelCase } from './camel-case.ts';
import type { Commands, Words } from './command.ts';
import { createScriptedHandlers } from './handlers.ts';
import type { Holds } from './holds.ts';
import { errorOf, write } from './lines.ts';
import { messageOf } from './messages.ts';

/** What `agent.connect` says besides the options of the client. */
interface Connect extends ConnectAgentOptions {
  readonly agent: string;
  readonly caFile?: string;
  readonly handlers?: boolean;
}

/** The commands that are about agents. */
export function createAgentCommands(holds: Holds): Commands {
  const agents = new Map<unknown, AgentConnection>();

  function agentOf({ agent }: Words): AgentConnection {
    const known = agents.get(agent);
    if (known === undefined) throw new Error(`there is no agent ${agent}`);
    return known;
  }

  const graceOf = ({ grace_ms: graceMs }: Words) => (typeof graceMs === 'number' ? { graceMs } : {});

  return {
    'agent.connect'(words) {
      const { agent, caFile, handlers = true, ...options } = camelCase<Connect>(words);
      const connection = connectAgent({
        ...options,
        ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
        ...(handlers && createScriptedHandlers(agent, holds)),
        onStatus: (status) => write({ event: 'status', agent, ...statusWords(status) }),
      });
      agents.set(agent, connection);
    },
    'agent.ready': (words) => agentOf(words).ready(),
    'agent.closed': (words) => agentOf(words).closed,
    'agent.drain': (words) => agentOf(words).drain(graceOf(words)),
    'agent.close': (words) => agentOf(words).close(graceOf(words)),
    async 'agent.send'(words) {
      const { messageId, duplicate, recipients } = await agentOf(words).send(messageOf(words.message));
      return { message_id: messageId, duplicate, recipients };
    },
  };
}

function statusWords(status: ConnectionStatus): Words {
  const { state } = status;
  return 'error' in status && status.error !== undefined ? { state, error: errorOf(status.error) } : { state };
}
