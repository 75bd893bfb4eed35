/**
 * A protoc plugin that generates Java: what buf hands to a plugin goes to protoc itself, with one change.
 *
 * A field named `descriptor` becomes a method `getDescriptor`, which each generated class has already: its code would not compile.
 * In Java such a field is `getAgentDescriptor`, after its type; its number and its name in JSON stay.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const { protoFile, fileToGenerate } = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
for (const { messageType } of protoFile.filter(({ name }) => fileToGenerate.includes(name)))
  messageType.forEach(rename);

const folder = mkdtempSync(join(tmpdir(), 'protoc-gen-java-'));
try {
  const image = join(folder, 'image.binpb');
  const out = join(folder, 'out');
  mkdirSync(out);
  writeFileSync(image, toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: protoFile })));
  execFileSync('protoc', [`--descriptor_set_in=${image}`, `--java_out=${out}`, ...fileToGenerate], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.stdout.write(toBinary(CodeGeneratorResponseSchema, responseOf(out)));
} finally {
  rmSync(folder, { recursive: true });
}

function rename(message: DescriptorProto): void {
  for (const field of message.field) {
    if (field.name !== 'descriptor') continue;
    field.jsonName = field.name;
    field.name = 'agent_descriptor';
  }
  message.nestedType.forEach(rename);
}

function responseOf(out: string) {
  const paths = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return create(CodeGeneratorResponseSchema, {
    supportedFeatures: BigInt(CodeGeneratorResponse_Feature.PROTO3_OPTIONAL),
    file: paths.map((path) => ({ name: relative(out, path), content: readFileSync(path, 'utf8') })),
  });
}
