/** The backend agent: describes one endpoint for each requirement. */
import { makeArtifact, slug } from '../artifact.ts';
import { BACKEND } from '../feature.ts';
import { readImplementationTask } from '../task-payloads.ts';
import { runAgent } from './run-agent.ts';

await runAgent(BACKEND, async ({ payload }, { progress }) => {
  const { component, requirements } = readImplementationTask(payload);
  await progress(10, `${requirements.length} requirements read`);
  const artifact = makeArtifact(component, requirements, (requirement) => `GET /notifications/${slug(requirement)}`);
  await progress(90, 'endpoints described');
  return { artifact: { ...artifact } };
});
