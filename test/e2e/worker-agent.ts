/**
 * An agent that writes `task {id}` for each task that it gets, and then `works`, giving the payload back, or `hangs`
 * for good. Arguments: address, key, agent id, mode.
 */
import { connectAgent } from '@vibes/agent-communication-bus';

const [address = '', apiKey = '', agentId = '', mode = ''] = process.argv.slice(2);
const agent = connectAgent({
  address,
  apiKey,
  agentId,
  // Few, so that instances share the work.
  maxInFlight: 4,
  onTask({ taskId, payload }) {
    process.stdout.write(`task ${taskId}\n`);
    return mode === 'works' ? payload : new Promise(() => undefined);
  },
});
await agent.ready();
process.stdout.write('ready\n');
