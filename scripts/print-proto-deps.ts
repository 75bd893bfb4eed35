/**
 * Puts the third-party .proto files that our contract imports into `proto-deps/`,
 * out of the npm packages that the lockfile pins, so that no schema registry is needed:
 * protovalidate's rules (its package has them as a descriptor only, so they are
 * printed back to text) and the standard health and reflection services.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

const OUT = 'proto-deps';
const resolve = createRequire(import.meta.url).resolve;

function packageFolder(name: string, entry: string): string {
  return join(dirname(resolve(name)), entry);
}

/** proto2 text of the parts of a descriptor that shape the messages; options of fields are left out. */
function printFile(file: FileDescriptorProto): string {
  return [
    'syntax = "proto2";',
    `package ${file.package};`,
    ...file.dependency.map((path) => `import "${path}";`),
    ...file.enumType.map(printEnum),
    ...file.messageType.map((message) => printMessage(message)),
    ...file.extension.map((field) => `extend ${field.extendee} {\n${printField(field)}\n}`),
    '',
  ].join('\n');
}

function printEnum(desc: EnumDescriptorProto): string {
  const alias = desc.options?.allowAlias ? ['option allow_alias = true;'] : [];
  const values = desc.value.map((value) => `${value.name} = ${value.number};`);
  return `enum ${desc.name} {\n${[...alias, ...values].join('\n')}\n}`;
}

function printMessage(desc: DescriptorProto): string {
  const inOneof = (field: FieldDescriptorProto, index: number) =>
    Object.hasOwn(field, 'oneofIndex') && field.oneofIndex === index && !field.proto3Optional;
  const plain = desc.field.filter((field) => !desc.oneofDecl.some((_, index) => inOneof(field, index)));
  const oneofs = desc.oneofDecl.map((oneof, index) => {
    const fields = desc.field.filter((field) => inOneof(field, index));
    return `oneof ${oneof.name} {\n${fields.map((field) => printField(field, false)).join('\n')}\n}`;
  });
  const ranges = desc.extensionRange.map(
    (range) => `extensions ${range.start} to ${range.end >= 536870912 ? 'max' : range.end - 1};`,
  );
  const parts = [...plain.map((field) => printField(field)), ...oneofs, ...ranges];
  return `message ${desc.name} {\n${parts.join('\n')}\n}`;
}

function printField(field: FieldDescriptorProto, withLabel = true): string {
  const label =
    field.label === Label.REPEATED ? 'repeated ' : field.label === Label.REQUIRED ? 'required ' : 'optional ';
  const type = field.typeName === '' ? (Type[field.type] ?? '').toLowerCase() : field.typeName;
  return `${withLabel ? label : ''}${type} ${field.name} = ${field.number};`;
}

rmSync(OUT, { recursive: true, force: true });

const protovalidate = await import(packageFolder('@bufbuild/protovalidate', '../esm/gen/buf/validate/validate_pb.js'));
mkdirSync(join(OUT, 'buf/validate'), { recursive: true });
writeFileSync(join(OUT, 'buf/validate/validate.proto'), printFile(protovalidate.file_buf_validate_validate.proto));

for (const version of ['v1', 'v1alpha']) {
  const path = `grpc/reflection/${version}/reflection.proto`;
  mkdirSync(join(OUT, dirname(path)), { recursive: true });
  cpSync(packageFolder('@grpc/reflection', `../proto/${path}`), join(OUT, path));
}
mkdirSync(join(OUT, 'grpc/health/v1'), { recursive: true });
cpSync(
  packageFolder('grpc-health-check', '../../proto/health/v1/health.proto'),
  join(OUT, 'grpc/health/v1/health.proto'),
);
