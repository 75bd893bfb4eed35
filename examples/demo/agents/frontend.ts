/** The frontend agent: breaks down in the middle of its task, as agents do. It has the demo's leave to end. */
import { FRONTEND } from '../feature.ts';
import { readImplementationTask } from '../task-payloads.ts';
import { runAgent } from './run-agent.ts';

await runAgent(FRONTEND, async ({ payload }, { progress }) => {
  const { requirements } = readImplementationTask(payload);
  await progress(10, `${requirements.length} requirements read`);
  process.exit();
});
