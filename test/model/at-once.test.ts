/** Goal: commands that overlap end as if one came after the other. Method: a model and a scheduler, see README.md. */
import { testModel } from './test-model.ts';

// The contract allows many orders of what happens at once, and the model does not know them all yet: it begins at the same
// place each time, so that whoever changes the bus hears of a change. `AGENTBUS_MODEL_SEED=random` looks elsewhere.
testModel({ file: 'test/model/at-once.test.ts', shards: 25, concurrent: true, seed: 7 });
