import { DEVIATIONS, type Deviation, REASON_GIVEN } from './deviations.ts';

/** What came of the cases of one run. */
export interface SuiteResults {
  readonly cases: number;
  readonly passed: number;
  /** All as it should be, and one detail more. */
  readonly reasonGiven: number;
  readonly deviating: number;
  /** What was expected to differ and did not, in any case: it is to be taken off the list. */
  readonly stale: readonly Deviation[];
  /** The name of each other case, and what the suite says of it. */
  readonly failed: readonly string[];
}

/** Reads what the suite prints. Throws if that is not the end of a run, or tells of failures that it does not name. */
export function readResults(output: string): SuiteResults {
  const [, cases, passed, failures] = /^Total cases: (\d+)\n(\d+) passed, (\d+) failed$/m.exec(output) ?? [];
  if (cases === undefined || cases === '0') throw new Error(`the suite did not come to its end:\n${output}`);
  const failed: string[] = [];
  const seen = new Set<Deviation>();
  let [reasonGiven, deviating] = [0, 0];
  for (const [, name = '', text = ''] of output.matchAll(/^FAILED: (.+):\n((?:\t.*\n)+)/gm)) {
    const complaints = complaintsIn(text);
    const deviation = deviationOf(name, complaints);
    if (complaints.length === 0) reasonGiven++;
    else if (deviation === undefined) failed.push(`${name}\n${text}`);
    else {
      deviating++;
      seen.add(deviation);
    }
  }
  const named = reasonGiven + deviating + failed.length;
  if (named !== Number(failures)) throw new Error(`the suite names ${named} of ${failures} failures:\n${output}`);
  const stale = DEVIATIONS.filter((deviation) => !seen.has(deviation));
  return { cases: Number(cases), passed: Number(passed), reasonGiven, deviating, stale, failed };
}

/** What is said of a case but for the reason that the bus gives with its error. */
function complaintsIn(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/^[\t;\s]+/, ''));
  return lines.filter((line) => line !== '' && !REASON_GIVEN.some((expected) => expected.test(line)));
}

function deviationOf(name: string, complaints: readonly string[]): Deviation | undefined {
  return DEVIATIONS.find(
    (deviation) =>
      name.startsWith(`${deviation.suite}/`) &&
      name.endsWith(`/${deviation.name}`) &&
      complaints.every((complaint) => deviation.complaint.test(complaint)),
  );
}
