/** The reviewer: checks that each artifact is whole and leaves no requirement out. What it finds fails its task. */
import { reviewArtifact } from '../artifact.ts';
import { QA } from '../feature.ts';
import { readReviewTask } from '../task-payloads.ts';
import { runAgent } from './run-agent.ts';

await runAgent(QA, async ({ payload }, { progress }) => {
  const { requirements, artifacts } = readReviewTask(payload);
  await progress(50, `${artifacts.length} artifacts, ${requirements.length} requirements`);
  const findings = artifacts.flatMap((artifact) => reviewArtifact(artifact, requirements));
  if (findings.length > 0) throw new Error(findings.join('; '));
  return { checks: artifacts.length * (requirements.length + 1) };
});
