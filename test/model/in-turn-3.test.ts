/** Goal: sessions and tasks are what the contract says, whatever is asked in whatever order. Method: a model, see README.md. */
import { testModel } from './test-model.ts';

testModel({ file: 'test/model/in-turn-3.test.ts', shards: 3, concurrent: false, seed: 1_988_429_888 });
