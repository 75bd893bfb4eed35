import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeReadme } from './describe-readme.ts';
import { describeStub } from './describe-stub.ts';
import { BUILD_MS, buildClient } from './driver/build-client.ts';
import { readClient } from './driver/client-commands.ts';
import { runCommand } from './driver/run-command.ts';
import { runScenario } from './driver/run-scenario.ts';
import { readScenarios } from './driver/scenario.ts';
import { type ScenarioBus, startScenarioBus } from './driver/scenario-bus.ts';

/** Some scenarios wait for a bus to come back, or for a client to give up. */
const SCENARIO_MS = 120_000;

/** Holds one client to all scenarios, and to the checks of its own language. */
export function describeClient(name: string): void {
  const client = readClient(name);
  const { language, missing, check, folder } = client;
  const absence = `this machine has no ${missing.join(' and no ')}`;

  // In CI nothing may be left out without anybody noticing.
  if (process.env.CI) test(`${language} can be built here`, () => expect(missing).toEqual([]));

  describe.skipIf(missing.length > 0)(missing.length > 0 ? `${language}: skipped, ${absence}` : language, () => {
    let bus: ScenarioBus;
    beforeAll(async () => {
      await buildClient(client);
      bus = await startScenarioBus({});
    }, BUILD_MS);
    afterAll(() => bus?.end());

    test.each(readScenarios())('$name: $goal', (scenario) => runScenario(client, scenario, bus), SCENARIO_MS);

    if (check.length > 0) {
      test.each(check.map((command) => ({ command, title: command.join(' ') })))(
        'passes its own `$title`',
        async ({ command }) => {
          await runCommand(command, folder);
        },
        BUILD_MS,
      );
    }

    // The root README is the one of TypeScript, and has a test of its own.
    if (name !== 'typescript' && missing.length === 0) describeReadme(client);
    describeStub(client);
  });
}
