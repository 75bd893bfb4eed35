import {
  type DescEnum,
  type DescExtension,
  type DescFile,
  type DescMessage,
  type DescService,
  toBinary,
} from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';

type NamedType = DescMessage | DescEnum | DescExtension | DescService;

/** Descriptors by what clients ask for. */
export interface ReflectionIndex {
  /** Type names, in the order in which they were served. */
  readonly services: readonly string[];
  readonly byFilename: ReadonlyMap<string, DescFile>;
  /** The file that declares a type, a service, a method, a field or an enum value, by full name. */
  readonly bySymbol: ReadonlyMap<string, DescFile>;
  /** Extensions of a message, by its full name. */
  readonly extensionsOf: ReadonlyMap<string, readonly DescExtension[]>;
}

/** Indexes the files of services, some further files, and everything these import. */
export function createReflectionIndex(services: readonly DescService[], further: readonly DescFile[]): ReflectionIndex {
  const byFilename = new Map<string, DescFile>();
  const bySymbol = new Map<string, DescFile>();
  const extensionsOf = new Map<string, DescExtension[]>();
  for (const file of withImports([...services.map((service) => service.file), ...further])) {
    byFilename.set(filenameOf(file), file);
    for (const type of nestedTypes(file)) {
      for (const symbol of symbolsOf(type)) bySymbol.set(symbol, file);
      if (type.kind !== 'extension') continue;
      const known = extensionsOf.get(type.extendee.typeName) ?? [];
      extensionsOf.set(type.extendee.typeName, [...known, type]);
    }
  }
  return { services: services.map((service) => service.typeName), byFilename, bySymbol, extensionsOf };
}

/** The file and everything it imports, encoded, itself first: clients need no second question. */
export function encodeFile(file: DescFile): Uint8Array[] {
  return withImports([file]).map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
}

function withImports(files: readonly DescFile[]): DescFile[] {
  const found = new Map<string, DescFile>();
  const visit = (file: DescFile) => {
    if (found.has(file.name)) return;
    found.set(file.name, file);
    file.dependencies.forEach(visit);
  };
  files.forEach(visit);
  return [...found.values()];
}

/** The name by which others import it; the descriptor's own `name` lacks the suffix. */
function filenameOf(file: DescFile): string {
  return file.proto.name;
}

function symbolsOf(type: NamedType): string[] {
  return [type.typeName, ...membersOf(type).map((member) => `${type.typeName}.${member}`)];
}

function membersOf(type: NamedType): string[] {
  if (type.kind === 'service') return type.methods.map((method) => method.name);
  if (type.kind === 'message') return [...type.fields, ...type.oneofs].map((member) => member.name);
  return [];
}
