import { createHash } from 'node:crypto';

/** What an implementer hands over: a description of its part, sealed with its digest. */
export interface Artifact {
  readonly component: string;
  /** What was made for each requirement, by requirement. */
  readonly parts: Readonly<Record<string, string>>;
  /** SHA-256 of component and parts, in hexadecimal. */
  readonly sha256: string;
}

/** Makes an artifact with one part a requirement. */
export function makeArtifact(
  component: string,
  requirements: readonly string[],
  makePart: (requirement: string) => string,
): Artifact {
  const parts = Object.fromEntries(requirements.map((requirement) => [requirement, makePart(requirement)]));
  return { component, parts, sha256: digest(component, parts) };
}

/** What is wrong with an artifact; empty if nothing is. */
export function reviewArtifact(artifact: Artifact, requirements: readonly string[]): string[] {
  const { component, parts, sha256 } = artifact;
  const missing = requirements.filter((requirement) => !parts[requirement]);
  return [
    ...missing.map((requirement) => `${component} has nothing for "${requirement}"`),
    ...(sha256 === digest(component, parts) ? [] : [`${component} is not what its digest says`]),
  ];
}

/** A requirement as part of a name: `real-time-updates`. */
export function slug(requirement: string): string {
  return requirement.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Keys are sorted, because a JSON object that travelled has no order. */
function digest(component: string, parts: Readonly<Record<string, string>>): string {
  const content = JSON.stringify([component, Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(content).digest('hex');
}
