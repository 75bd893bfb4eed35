/** The frontend agent: describes one view for each requirement. */
import { makeArtifact, slug } from '../artifact.ts';
import { FRONTEND } from '../feature.ts';
import { readImplementationTask } from '../task-payloads.ts';
import { runAgent } from './run-agent.ts';

await runAgent(FRONTEND, async ({ payload }, { progress }) => {
  const { component, requirements } = readImplementationTask(payload);
  const artifact = makeArtifact(component, requirements, (requirement) => `<${slug(requirement)}-panel>`);
  await progress(90, 'views described');
  return { artifact: { ...artifact } };
});
