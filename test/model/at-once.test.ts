/** Goal: commands that overlap end as if one came after the other. Method: a model and a scheduler, see README.md. */
import { testModel } from './test-model.ts';

testModel({ file: 'test/model/at-once.test.ts', shards: 25, concurrent: true, seed: 7 });
