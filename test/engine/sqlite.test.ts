import { describeEngineContract } from './contract.ts';
import { openOnDisk } from './sqlite-under-test.ts';

describeEngineContract({ name: 'sqlite on disk', open: (options) => openOnDisk(options) });

describeEngineContract({
  name: 'sqlite on disk, every envelope read from it',
  open: (options) => openOnDisk(options),
  limits: { envelopeCacheBytes: 0 },
});
