import type { JsonReadOptions, JsonWriteOptions } from '@bufbuild/protobuf';

/** How JSON looks wherever the bus reads or writes it. */
export const JSON_OPTIONS: Partial<JsonReadOptions & JsonWriteOptions> = {
  // A misspelt optional field would otherwise be an option silently not taken.
  ignoreUnknownFields: false,
  // The spelling of the contract and its documentation.
  useProtoFieldName: true,
  // Scripts read `.deliveries` and `.duplicate` without asking first whether they are there.
  alwaysEmitImplicit: true,
};
