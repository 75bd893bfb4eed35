/** The backend agent: implements what it is asked for, also in the place of another agent. */
import { makeArtifact, slug } from '../artifact.ts';
import { BACKEND, COMPONENTS } from '../feature.ts';
import { readImplementationTask } from '../task-payloads.ts';
import { runAgent } from './run-agent.ts';

await runAgent(BACKEND, async ({ payload }, { progress }) => {
  const { component, requirements } = readImplementationTask(payload);
  const isService = component === COMPONENTS[BACKEND];
  const artifact = makeArtifact(component, requirements, (requirement) =>
    isService ? `GET /notifications/${slug(requirement)}` : `<${slug(requirement)}-panel>`,
  );
  await progress(90, isService ? 'endpoints described' : 'views described');
  return { [component]: { ...artifact } };
});
