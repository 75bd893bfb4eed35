import { DEVIATIONS, REASON_GIVEN } from './deviations.ts';

/** What came of the cases of one run. */
export interface SuiteResults {
  readonly cases: number;
  readonly passed: number;
  /** All as it should be, and one detail more. */
  readonly reasonGiven: number;
  readonly deviating: number;
  /** The name of each other case, and what the suite says of it. */
  readonly failed: readonly string[];
}

/** Reads what the suite prints. Throws if that is not the end of a run. */
export function readResults(output: string): SuiteResults {
  const [, cases, passed] = /^Total cases: (\d+)\n(\d+) passed, \d+ failed$/m.exec(output) ?? [];
  if (cases === undefined || passed === undefined) throw new Error(`the suite did not come to its end:\n${output}`);
  const failed: string[] = [];
  let [reasonGiven, deviating] = [0, 0];
  for (const [, name = '', complaints = ''] of output.matchAll(/^FAILED: (.+):\n((?:\t.*\n)+)/gm)) {
    if (isReasonGiven(complaints)) reasonGiven++;
    else if (isDeviation(name)) deviating++;
    else failed.push(`${name}\n${complaints}`);
  }
  return { cases: Number(cases), passed: Number(passed), reasonGiven, deviating, failed };
}

function isReasonGiven(complaints: string): boolean {
  const lines = complaints.split('\n').map((line) => line.replace(/^[\t;\s]+/, ''));
  return lines.every((line) => line === '' || REASON_GIVEN.some((expected) => expected.test(line)));
}

function isDeviation(name: string): boolean {
  return DEVIATIONS.some(({ cases }) => cases.some((last) => name.endsWith(`/${last}`)));
}
