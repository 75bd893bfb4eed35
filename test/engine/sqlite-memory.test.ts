import { restartCases } from './contract/restart.ts';
import { describeEngineContract } from './contract.ts';
import { openInMemory } from './sqlite-under-test.ts';

describeEngineContract({
  name: 'sqlite in memory',
  open: openInMemory,
  skip: [
    {
      reason: 'an engine in memory keeps nothing when it is closed',
      tests: restartCases.map((one) => one.name),
    },
  ],
});
