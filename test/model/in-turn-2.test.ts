/** Goal: sessions and tasks are what the contract says, whatever is asked in whatever order. Method: a model, see README.md. */
import { testModel } from './test-model.ts';

testModel({ file: 'test/model/in-turn-2.test.ts', shards: 3, concurrent: false, seed: 2_147_413_385 });
