import type { Metadata } from '../engine.ts';
import { getMetadata, holdsData, putMetadata } from './operations/metadata-rows.ts';
import type { StoreThread } from './store-thread.ts';

export function createMetadata(store: StoreThread): Metadata {
  return {
    get: (name) => store.call(getMetadata, name),
    put: (name, value) => store.call(putMetadata, { name, value }),
    holdsData: () => store.call(holdsData, undefined),
  };
}
