import { create, type DescMessage, type Message, type MessageShape } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { type Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import {
  ConformancePayload_ConnectGetInfoSchema as ConnectGetInfoSchema,
  type Error as ErrorDefinition,
  type Header,
  HeaderSchema,
  type ConformancePayload_RequestInfo as RequestInfo,
  ConformancePayload_RequestInfoSchema as RequestInfoSchema,
} from './gen/connectrpc/conformance/v1/service_pb.js';

/** What a call says about itself beside its requests. */
export interface CallInfo {
  readonly header: Headers;
  readonly timeoutMs: number | undefined;
  /** Of a GET. */
  readonly query?: URLSearchParams;
}

/** What the suite wants to hear back about the requests of a call. */
export function requestInfo<Desc extends DescMessage>(
  schema: Desc,
  requests: readonly MessageShape<Desc>[],
  call?: CallInfo,
): RequestInfo {
  const info = create(RequestInfoSchema, { requests: requests.map((request) => anyPack(schema, request)) });
  if (call === undefined) return info;
  info.requestHeaders = fieldsOf(call.header);
  if (call.timeoutMs !== undefined) info.timeoutMs = BigInt(Math.round(call.timeoutMs));
  if (call.query !== undefined) {
    info.connectGetInfo = create(ConnectGetInfoSchema, { queryParams: fieldsOf(call.query) });
  }
  return info;
}

function fieldsOf(entries: Iterable<[string, string]>): Header[] {
  return [...entries].map(([name, value]) => create(HeaderSchema, { name, value: [value] }));
}

/**
 * The bus gives each error a reason, as one more detail, unless it has one; the suite wants the details that it asked for, and
 * no others. So its errors say that they have a reason.
 */
class SuiteError extends ConnectError {
  override findDetails(type: never): never[] {
    return type === ErrorInfoSchema ? ([{ reason: 'CONFORMANCE', metadata: {} }] as never[]) : super.findDetails(type);
  }
}

/** The error that a response definition asks for, with what the suite wants to hear about the request. */
export function definedError(definition: ErrorDefinition, info?: Message & RequestInfo): ConnectError {
  const error = new SuiteError(definition.message ?? '', definition.code as number as Code);
  error.details = definition.details.map(({ typeUrl, value }) => ({
    type: typeUrl.slice(typeUrl.lastIndexOf('/') + 1),
    value,
  }));
  if (info !== undefined) error.details.push({ desc: RequestInfoSchema, value: info });
  return error;
}

/** Adds fields of a response definition to a header or a trailer. */
export function addFields(to: Headers, fields: readonly Header[] = []): void {
  for (const { name, value } of fields) for (const one of value) to.append(name, one);
}
