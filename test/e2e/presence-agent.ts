/** An agent that does nothing but be there. Arguments: address, key, agent id. */
import { connectAgent } from '@vibes/agent-communication-bus';

const [address = '', apiKey = '', agentId = ''] = process.argv.slice(2);
const agent = connectAgent({ address, apiKey, agentId, onTask: () => ({}) });
await agent.ready();
process.stdout.write('ready\n');
