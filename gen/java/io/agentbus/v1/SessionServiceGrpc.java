package io.agentbus.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Sessions: roster, workflow, shared context, events, tasks.
 * A session exists for its members alone: anybody else gets NOT_FOUND
 * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
 * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
 * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
 * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
 * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SessionServiceGrpc {

  private SessionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "agentbus.v1.SessionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.CreateSessionRequest,
      io.agentbus.v1.CreateSessionResponse> getCreateSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateSession",
      requestType = io.agentbus.v1.CreateSessionRequest.class,
      responseType = io.agentbus.v1.CreateSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.CreateSessionRequest,
      io.agentbus.v1.CreateSessionResponse> getCreateSessionMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.CreateSessionRequest, io.agentbus.v1.CreateSessionResponse> getCreateSessionMethod;
    if ((getCreateSessionMethod = SessionServiceGrpc.getCreateSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getCreateSessionMethod = SessionServiceGrpc.getCreateSessionMethod) == null) {
          SessionServiceGrpc.getCreateSessionMethod = getCreateSessionMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.CreateSessionRequest, io.agentbus.v1.CreateSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CreateSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CreateSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("CreateSession"))
              .build();
        }
      }
    }
    return getCreateSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.GetSessionRequest,
      io.agentbus.v1.GetSessionResponse> getGetSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSession",
      requestType = io.agentbus.v1.GetSessionRequest.class,
      responseType = io.agentbus.v1.GetSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.GetSessionRequest,
      io.agentbus.v1.GetSessionResponse> getGetSessionMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.GetSessionRequest, io.agentbus.v1.GetSessionResponse> getGetSessionMethod;
    if ((getGetSessionMethod = SessionServiceGrpc.getGetSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getGetSessionMethod = SessionServiceGrpc.getGetSessionMethod) == null) {
          SessionServiceGrpc.getGetSessionMethod = getGetSessionMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.GetSessionRequest, io.agentbus.v1.GetSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSession"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("GetSession"))
              .build();
        }
      }
    }
    return getGetSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionsRequest,
      io.agentbus.v1.ListSessionsResponse> getListSessionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSessions",
      requestType = io.agentbus.v1.ListSessionsRequest.class,
      responseType = io.agentbus.v1.ListSessionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionsRequest,
      io.agentbus.v1.ListSessionsResponse> getListSessionsMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionsRequest, io.agentbus.v1.ListSessionsResponse> getListSessionsMethod;
    if ((getListSessionsMethod = SessionServiceGrpc.getListSessionsMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getListSessionsMethod = SessionServiceGrpc.getListSessionsMethod) == null) {
          SessionServiceGrpc.getListSessionsMethod = getListSessionsMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ListSessionsRequest, io.agentbus.v1.ListSessionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSessions"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListSessionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListSessionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("ListSessions"))
              .build();
        }
      }
    }
    return getListSessionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.AddParticipantRequest,
      io.agentbus.v1.AddParticipantResponse> getAddParticipantMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AddParticipant",
      requestType = io.agentbus.v1.AddParticipantRequest.class,
      responseType = io.agentbus.v1.AddParticipantResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.AddParticipantRequest,
      io.agentbus.v1.AddParticipantResponse> getAddParticipantMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.AddParticipantRequest, io.agentbus.v1.AddParticipantResponse> getAddParticipantMethod;
    if ((getAddParticipantMethod = SessionServiceGrpc.getAddParticipantMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getAddParticipantMethod = SessionServiceGrpc.getAddParticipantMethod) == null) {
          SessionServiceGrpc.getAddParticipantMethod = getAddParticipantMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.AddParticipantRequest, io.agentbus.v1.AddParticipantResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AddParticipant"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AddParticipantRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AddParticipantResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("AddParticipant"))
              .build();
        }
      }
    }
    return getAddParticipantMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.RemoveParticipantRequest,
      io.agentbus.v1.RemoveParticipantResponse> getRemoveParticipantMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveParticipant",
      requestType = io.agentbus.v1.RemoveParticipantRequest.class,
      responseType = io.agentbus.v1.RemoveParticipantResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.RemoveParticipantRequest,
      io.agentbus.v1.RemoveParticipantResponse> getRemoveParticipantMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.RemoveParticipantRequest, io.agentbus.v1.RemoveParticipantResponse> getRemoveParticipantMethod;
    if ((getRemoveParticipantMethod = SessionServiceGrpc.getRemoveParticipantMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getRemoveParticipantMethod = SessionServiceGrpc.getRemoveParticipantMethod) == null) {
          SessionServiceGrpc.getRemoveParticipantMethod = getRemoveParticipantMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.RemoveParticipantRequest, io.agentbus.v1.RemoveParticipantResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveParticipant"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RemoveParticipantRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RemoveParticipantResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("RemoveParticipant"))
              .build();
        }
      }
    }
    return getRemoveParticipantMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.UpdateWorkflowRequest,
      io.agentbus.v1.UpdateWorkflowResponse> getUpdateWorkflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateWorkflow",
      requestType = io.agentbus.v1.UpdateWorkflowRequest.class,
      responseType = io.agentbus.v1.UpdateWorkflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.UpdateWorkflowRequest,
      io.agentbus.v1.UpdateWorkflowResponse> getUpdateWorkflowMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.UpdateWorkflowRequest, io.agentbus.v1.UpdateWorkflowResponse> getUpdateWorkflowMethod;
    if ((getUpdateWorkflowMethod = SessionServiceGrpc.getUpdateWorkflowMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getUpdateWorkflowMethod = SessionServiceGrpc.getUpdateWorkflowMethod) == null) {
          SessionServiceGrpc.getUpdateWorkflowMethod = getUpdateWorkflowMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.UpdateWorkflowRequest, io.agentbus.v1.UpdateWorkflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateWorkflow"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UpdateWorkflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UpdateWorkflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("UpdateWorkflow"))
              .build();
        }
      }
    }
    return getUpdateWorkflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.UpdateSharedContextRequest,
      io.agentbus.v1.UpdateSharedContextResponse> getUpdateSharedContextMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateSharedContext",
      requestType = io.agentbus.v1.UpdateSharedContextRequest.class,
      responseType = io.agentbus.v1.UpdateSharedContextResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.UpdateSharedContextRequest,
      io.agentbus.v1.UpdateSharedContextResponse> getUpdateSharedContextMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.UpdateSharedContextRequest, io.agentbus.v1.UpdateSharedContextResponse> getUpdateSharedContextMethod;
    if ((getUpdateSharedContextMethod = SessionServiceGrpc.getUpdateSharedContextMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getUpdateSharedContextMethod = SessionServiceGrpc.getUpdateSharedContextMethod) == null) {
          SessionServiceGrpc.getUpdateSharedContextMethod = getUpdateSharedContextMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.UpdateSharedContextRequest, io.agentbus.v1.UpdateSharedContextResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateSharedContext"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UpdateSharedContextRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UpdateSharedContextResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("UpdateSharedContext"))
              .build();
        }
      }
    }
    return getUpdateSharedContextMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.CompleteSessionRequest,
      io.agentbus.v1.CompleteSessionResponse> getCompleteSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CompleteSession",
      requestType = io.agentbus.v1.CompleteSessionRequest.class,
      responseType = io.agentbus.v1.CompleteSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.CompleteSessionRequest,
      io.agentbus.v1.CompleteSessionResponse> getCompleteSessionMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.CompleteSessionRequest, io.agentbus.v1.CompleteSessionResponse> getCompleteSessionMethod;
    if ((getCompleteSessionMethod = SessionServiceGrpc.getCompleteSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getCompleteSessionMethod = SessionServiceGrpc.getCompleteSessionMethod) == null) {
          SessionServiceGrpc.getCompleteSessionMethod = getCompleteSessionMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.CompleteSessionRequest, io.agentbus.v1.CompleteSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CompleteSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CompleteSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CompleteSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("CompleteSession"))
              .build();
        }
      }
    }
    return getCompleteSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.TerminateSessionRequest,
      io.agentbus.v1.TerminateSessionResponse> getTerminateSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TerminateSession",
      requestType = io.agentbus.v1.TerminateSessionRequest.class,
      responseType = io.agentbus.v1.TerminateSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.TerminateSessionRequest,
      io.agentbus.v1.TerminateSessionResponse> getTerminateSessionMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.TerminateSessionRequest, io.agentbus.v1.TerminateSessionResponse> getTerminateSessionMethod;
    if ((getTerminateSessionMethod = SessionServiceGrpc.getTerminateSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getTerminateSessionMethod = SessionServiceGrpc.getTerminateSessionMethod) == null) {
          SessionServiceGrpc.getTerminateSessionMethod = getTerminateSessionMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.TerminateSessionRequest, io.agentbus.v1.TerminateSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TerminateSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.TerminateSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.TerminateSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("TerminateSession"))
              .build();
        }
      }
    }
    return getTerminateSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.WatchSessionRequest,
      io.agentbus.v1.WatchSessionResponse> getWatchSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchSession",
      requestType = io.agentbus.v1.WatchSessionRequest.class,
      responseType = io.agentbus.v1.WatchSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.WatchSessionRequest,
      io.agentbus.v1.WatchSessionResponse> getWatchSessionMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.WatchSessionRequest, io.agentbus.v1.WatchSessionResponse> getWatchSessionMethod;
    if ((getWatchSessionMethod = SessionServiceGrpc.getWatchSessionMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getWatchSessionMethod = SessionServiceGrpc.getWatchSessionMethod) == null) {
          SessionServiceGrpc.getWatchSessionMethod = getWatchSessionMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.WatchSessionRequest, io.agentbus.v1.WatchSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchSession"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.WatchSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.WatchSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("WatchSession"))
              .build();
        }
      }
    }
    return getWatchSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionEventsRequest,
      io.agentbus.v1.ListSessionEventsResponse> getListSessionEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSessionEvents",
      requestType = io.agentbus.v1.ListSessionEventsRequest.class,
      responseType = io.agentbus.v1.ListSessionEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionEventsRequest,
      io.agentbus.v1.ListSessionEventsResponse> getListSessionEventsMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ListSessionEventsRequest, io.agentbus.v1.ListSessionEventsResponse> getListSessionEventsMethod;
    if ((getListSessionEventsMethod = SessionServiceGrpc.getListSessionEventsMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getListSessionEventsMethod = SessionServiceGrpc.getListSessionEventsMethod) == null) {
          SessionServiceGrpc.getListSessionEventsMethod = getListSessionEventsMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ListSessionEventsRequest, io.agentbus.v1.ListSessionEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSessionEvents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListSessionEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListSessionEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("ListSessionEvents"))
              .build();
        }
      }
    }
    return getListSessionEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.GetTaskRequest,
      io.agentbus.v1.GetTaskResponse> getGetTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetTask",
      requestType = io.agentbus.v1.GetTaskRequest.class,
      responseType = io.agentbus.v1.GetTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.GetTaskRequest,
      io.agentbus.v1.GetTaskResponse> getGetTaskMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.GetTaskRequest, io.agentbus.v1.GetTaskResponse> getGetTaskMethod;
    if ((getGetTaskMethod = SessionServiceGrpc.getGetTaskMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getGetTaskMethod = SessionServiceGrpc.getGetTaskMethod) == null) {
          SessionServiceGrpc.getGetTaskMethod = getGetTaskMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.GetTaskRequest, io.agentbus.v1.GetTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetTask"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("GetTask"))
              .build();
        }
      }
    }
    return getGetTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ListTasksRequest,
      io.agentbus.v1.ListTasksResponse> getListTasksMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTasks",
      requestType = io.agentbus.v1.ListTasksRequest.class,
      responseType = io.agentbus.v1.ListTasksResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ListTasksRequest,
      io.agentbus.v1.ListTasksResponse> getListTasksMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ListTasksRequest, io.agentbus.v1.ListTasksResponse> getListTasksMethod;
    if ((getListTasksMethod = SessionServiceGrpc.getListTasksMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getListTasksMethod = SessionServiceGrpc.getListTasksMethod) == null) {
          SessionServiceGrpc.getListTasksMethod = getListTasksMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ListTasksRequest, io.agentbus.v1.ListTasksResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTasks"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListTasksRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListTasksResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("ListTasks"))
              .build();
        }
      }
    }
    return getListTasksMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.CancelTaskRequest,
      io.agentbus.v1.CancelTaskResponse> getCancelTaskMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CancelTask",
      requestType = io.agentbus.v1.CancelTaskRequest.class,
      responseType = io.agentbus.v1.CancelTaskResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.CancelTaskRequest,
      io.agentbus.v1.CancelTaskResponse> getCancelTaskMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.CancelTaskRequest, io.agentbus.v1.CancelTaskResponse> getCancelTaskMethod;
    if ((getCancelTaskMethod = SessionServiceGrpc.getCancelTaskMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getCancelTaskMethod = SessionServiceGrpc.getCancelTaskMethod) == null) {
          SessionServiceGrpc.getCancelTaskMethod = getCancelTaskMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.CancelTaskRequest, io.agentbus.v1.CancelTaskResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CancelTask"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CancelTaskRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.CancelTaskResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("CancelTask"))
              .build();
        }
      }
    }
    return getCancelTaskMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.AggregateResultsRequest,
      io.agentbus.v1.AggregateResultsResponse> getAggregateResultsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AggregateResults",
      requestType = io.agentbus.v1.AggregateResultsRequest.class,
      responseType = io.agentbus.v1.AggregateResultsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.AggregateResultsRequest,
      io.agentbus.v1.AggregateResultsResponse> getAggregateResultsMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.AggregateResultsRequest, io.agentbus.v1.AggregateResultsResponse> getAggregateResultsMethod;
    if ((getAggregateResultsMethod = SessionServiceGrpc.getAggregateResultsMethod) == null) {
      synchronized (SessionServiceGrpc.class) {
        if ((getAggregateResultsMethod = SessionServiceGrpc.getAggregateResultsMethod) == null) {
          SessionServiceGrpc.getAggregateResultsMethod = getAggregateResultsMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.AggregateResultsRequest, io.agentbus.v1.AggregateResultsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AggregateResults"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AggregateResultsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AggregateResultsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SessionServiceMethodDescriptorSupplier("AggregateResults"))
              .build();
        }
      }
    }
    return getAggregateResultsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SessionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceStub>() {
        @java.lang.Override
        public SessionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceStub(channel, callOptions);
        }
      };
    return SessionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SessionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingV2Stub>() {
        @java.lang.Override
        public SessionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SessionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SessionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceBlockingStub>() {
        @java.lang.Override
        public SessionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceBlockingStub(channel, callOptions);
        }
      };
    return SessionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SessionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SessionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SessionServiceFutureStub>() {
        @java.lang.Override
        public SessionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SessionServiceFutureStub(channel, callOptions);
        }
      };
    return SessionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Opens a session.
     * The caller's key must be allowed to speak as the orchestrator. ALREADY_EXISTS
     * (SESSION_ALREADY_EXISTS) if the id is taken; INVALID_ARGUMENT (WORKFLOW_INVALID) for steps
     * that repeat, that name unknown steps or agents, or that wait for each other in a circle;
     * RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) if roster, workflow and labels have more than 512 KiB.
     * </pre>
     */
    default void createSession(io.agentbus.v1.CreateSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CreateSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a session as it is on disk.
     * </pre>
     */
    default void getSession(io.agentbus.v1.GetSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the sessions that the caller may see, newest first.
     * </pre>
     */
    default void listSessions(io.agentbus.v1.ListSessionsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSessionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Adds an agent to the roster; an agent that was removed may come back.
     * For the orchestrator. ALREADY_EXISTS (PARTICIPANT_ALREADY_EXISTS) if it is in it.
     * </pre>
     */
    default void addParticipant(io.agentbus.v1.AddParticipantRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AddParticipantResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAddParticipantMethod(), responseObserver);
    }

    /**
     * <pre>
     * Removes an agent from the roster.
     * For the orchestrator, and for a participant that removes itself. NOT_FOUND
     * (PARTICIPANT_NOT_FOUND) if it is not in it.
     * </pre>
     */
    default void removeParticipant(io.agentbus.v1.RemoveParticipantRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RemoveParticipantResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveParticipantMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says where the workflow stands, in the orchestrator's own words.
     * For the orchestrator. Steps that are in none of the lists keep their status, but for those of an AUTOMATIC workflow
     * that wait for nothing any more: they start. To hold such a step back, name it as pending.
     * INVALID_ARGUMENT (WORKFLOW_INVALID) for a step that the workflow does not have or that is named twice.
     * </pre>
     */
    default void updateWorkflow(io.agentbus.v1.UpdateWorkflowRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateWorkflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateWorkflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Changes what the members share.
     * For every member. ABORTED (CONTEXT_REVISION_MISMATCH) if expected_revision is not the current
     * one, which the error names; RESOURCE_EXHAUSTED (SHARED_CONTEXT_TOO_LARGE) above 1 MiB; INVALID_ARGUMENT
     * (FORBIDDEN_KEY) for the keys `__proto__`, `constructor` and `prototype` at any depth.
     * </pre>
     */
    default void updateSharedContext(io.agentbus.v1.UpdateSharedContextRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateSharedContextResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateSharedContextMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends a session as planned. For the orchestrator.
     * </pre>
     */
    default void completeSession(io.agentbus.v1.CompleteSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CompleteSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompleteSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Breaks a session off. For the orchestrator.
     * </pre>
     */
    default void terminateSession(io.agentbus.v1.TerminateSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.TerminateSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTerminateSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replays a session's events after a sequence and then follows it.
     * Ends with OK after the event that ended the session. To resume, pass the sequence of the last event
     * that came. OUT_OF_RANGE (SEQUENCE_OUT_OF_RANGE) if after_sequence is above the last one.
     * </pre>
     */
    default void watchSession(io.agentbus.v1.WatchSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.WatchSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists a session's events in order; `wait` makes it a long poll.
     * </pre>
     */
    default void listSessionEvents(io.agentbus.v1.ListSessionEventsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSessionEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a task with its result.
     * For the members of its session; outside of sessions for the two agents that it is between. NOT_FOUND
     * (TASK_NOT_FOUND) if there is none.
     * </pre>
     */
    default void getTask(io.agentbus.v1.GetTaskRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the tasks of a session, without their results.
     * </pre>
     */
    default void listTasks(io.agentbus.v1.ListTasksRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListTasksResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTasksMethod(), responseObserver);
    }

    /**
     * <pre>
     * Calls a task off, and the tasks that it caused.
     * For its delegator and the session's orchestrator: PERMISSION_DENIED (NOT_DELEGATOR) for others. Mail that was not
     * settled is taken back, and an assignee that has it is told by a NOTIFICATION of the bus, see Task. Repeating it
     * changes nothing. NOT_FOUND (TASK_NOT_FOUND) if there is none, FAILED_PRECONDITION (TASK_ENDED) if it ended in
     * another way.
     * </pre>
     */
    default void cancelTask(io.agentbus.v1.CancelTaskRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CancelTaskResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCancelTaskMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes one result of the session's task responses, and a summary of the session. Nothing changes.
     * For the members. RESOURCE_EXHAUSTED (LIMIT_REACHED) if the responses that take part have more than 3 MiB together as
     * JSON text, or what is returned has more than 4 MiB - 64 KiB.
     * </pre>
     */
    default void aggregateResults(io.agentbus.v1.AggregateResultsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AggregateResultsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAggregateResultsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SessionService.
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public static abstract class SessionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SessionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SessionService.
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public static final class SessionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SessionServiceStub> {
    private SessionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a session.
     * The caller's key must be allowed to speak as the orchestrator. ALREADY_EXISTS
     * (SESSION_ALREADY_EXISTS) if the id is taken; INVALID_ARGUMENT (WORKFLOW_INVALID) for steps
     * that repeat, that name unknown steps or agents, or that wait for each other in a circle;
     * RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) if roster, workflow and labels have more than 512 KiB.
     * </pre>
     */
    public void createSession(io.agentbus.v1.CreateSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CreateSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a session as it is on disk.
     * </pre>
     */
    public void getSession(io.agentbus.v1.GetSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the sessions that the caller may see, newest first.
     * </pre>
     */
    public void listSessions(io.agentbus.v1.ListSessionsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSessionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Adds an agent to the roster; an agent that was removed may come back.
     * For the orchestrator. ALREADY_EXISTS (PARTICIPANT_ALREADY_EXISTS) if it is in it.
     * </pre>
     */
    public void addParticipant(io.agentbus.v1.AddParticipantRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AddParticipantResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAddParticipantMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Removes an agent from the roster.
     * For the orchestrator, and for a participant that removes itself. NOT_FOUND
     * (PARTICIPANT_NOT_FOUND) if it is not in it.
     * </pre>
     */
    public void removeParticipant(io.agentbus.v1.RemoveParticipantRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RemoveParticipantResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveParticipantMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says where the workflow stands, in the orchestrator's own words.
     * For the orchestrator. Steps that are in none of the lists keep their status, but for those of an AUTOMATIC workflow
     * that wait for nothing any more: they start. To hold such a step back, name it as pending.
     * INVALID_ARGUMENT (WORKFLOW_INVALID) for a step that the workflow does not have or that is named twice.
     * </pre>
     */
    public void updateWorkflow(io.agentbus.v1.UpdateWorkflowRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateWorkflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateWorkflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Changes what the members share.
     * For every member. ABORTED (CONTEXT_REVISION_MISMATCH) if expected_revision is not the current
     * one, which the error names; RESOURCE_EXHAUSTED (SHARED_CONTEXT_TOO_LARGE) above 1 MiB; INVALID_ARGUMENT
     * (FORBIDDEN_KEY) for the keys `__proto__`, `constructor` and `prototype` at any depth.
     * </pre>
     */
    public void updateSharedContext(io.agentbus.v1.UpdateSharedContextRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateSharedContextResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateSharedContextMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends a session as planned. For the orchestrator.
     * </pre>
     */
    public void completeSession(io.agentbus.v1.CompleteSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CompleteSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCompleteSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Breaks a session off. For the orchestrator.
     * </pre>
     */
    public void terminateSession(io.agentbus.v1.TerminateSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.TerminateSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTerminateSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replays a session's events after a sequence and then follows it.
     * Ends with OK after the event that ended the session. To resume, pass the sequence of the last event
     * that came. OUT_OF_RANGE (SEQUENCE_OUT_OF_RANGE) if after_sequence is above the last one.
     * </pre>
     */
    public void watchSession(io.agentbus.v1.WatchSessionRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.WatchSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists a session's events in order; `wait` makes it a long poll.
     * </pre>
     */
    public void listSessionEvents(io.agentbus.v1.ListSessionEventsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSessionEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a task with its result.
     * For the members of its session; outside of sessions for the two agents that it is between. NOT_FOUND
     * (TASK_NOT_FOUND) if there is none.
     * </pre>
     */
    public void getTask(io.agentbus.v1.GetTaskRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the tasks of a session, without their results.
     * </pre>
     */
    public void listTasks(io.agentbus.v1.ListTasksRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListTasksResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTasksMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Calls a task off, and the tasks that it caused.
     * For its delegator and the session's orchestrator: PERMISSION_DENIED (NOT_DELEGATOR) for others. Mail that was not
     * settled is taken back, and an assignee that has it is told by a NOTIFICATION of the bus, see Task. Repeating it
     * changes nothing. NOT_FOUND (TASK_NOT_FOUND) if there is none, FAILED_PRECONDITION (TASK_ENDED) if it ended in
     * another way.
     * </pre>
     */
    public void cancelTask(io.agentbus.v1.CancelTaskRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.CancelTaskResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCancelTaskMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes one result of the session's task responses, and a summary of the session. Nothing changes.
     * For the members. RESOURCE_EXHAUSTED (LIMIT_REACHED) if the responses that take part have more than 3 MiB together as
     * JSON text, or what is returned has more than 4 MiB - 64 KiB.
     * </pre>
     */
    public void aggregateResults(io.agentbus.v1.AggregateResultsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AggregateResultsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAggregateResultsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SessionService.
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public static final class SessionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SessionServiceBlockingV2Stub> {
    private SessionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a session.
     * The caller's key must be allowed to speak as the orchestrator. ALREADY_EXISTS
     * (SESSION_ALREADY_EXISTS) if the id is taken; INVALID_ARGUMENT (WORKFLOW_INVALID) for steps
     * that repeat, that name unknown steps or agents, or that wait for each other in a circle;
     * RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) if roster, workflow and labels have more than 512 KiB.
     * </pre>
     */
    public io.agentbus.v1.CreateSessionResponse createSession(io.agentbus.v1.CreateSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a session as it is on disk.
     * </pre>
     */
    public io.agentbus.v1.GetSessionResponse getSession(io.agentbus.v1.GetSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the sessions that the caller may see, newest first.
     * </pre>
     */
    public io.agentbus.v1.ListSessionsResponse listSessions(io.agentbus.v1.ListSessionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSessionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds an agent to the roster; an agent that was removed may come back.
     * For the orchestrator. ALREADY_EXISTS (PARTICIPANT_ALREADY_EXISTS) if it is in it.
     * </pre>
     */
    public io.agentbus.v1.AddParticipantResponse addParticipant(io.agentbus.v1.AddParticipantRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAddParticipantMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes an agent from the roster.
     * For the orchestrator, and for a participant that removes itself. NOT_FOUND
     * (PARTICIPANT_NOT_FOUND) if it is not in it.
     * </pre>
     */
    public io.agentbus.v1.RemoveParticipantResponse removeParticipant(io.agentbus.v1.RemoveParticipantRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveParticipantMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says where the workflow stands, in the orchestrator's own words.
     * For the orchestrator. Steps that are in none of the lists keep their status, but for those of an AUTOMATIC workflow
     * that wait for nothing any more: they start. To hold such a step back, name it as pending.
     * INVALID_ARGUMENT (WORKFLOW_INVALID) for a step that the workflow does not have or that is named twice.
     * </pre>
     */
    public io.agentbus.v1.UpdateWorkflowResponse updateWorkflow(io.agentbus.v1.UpdateWorkflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateWorkflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes what the members share.
     * For every member. ABORTED (CONTEXT_REVISION_MISMATCH) if expected_revision is not the current
     * one, which the error names; RESOURCE_EXHAUSTED (SHARED_CONTEXT_TOO_LARGE) above 1 MiB; INVALID_ARGUMENT
     * (FORBIDDEN_KEY) for the keys `__proto__`, `constructor` and `prototype` at any depth.
     * </pre>
     */
    public io.agentbus.v1.UpdateSharedContextResponse updateSharedContext(io.agentbus.v1.UpdateSharedContextRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateSharedContextMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a session as planned. For the orchestrator.
     * </pre>
     */
    public io.agentbus.v1.CompleteSessionResponse completeSession(io.agentbus.v1.CompleteSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCompleteSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Breaks a session off. For the orchestrator.
     * </pre>
     */
    public io.agentbus.v1.TerminateSessionResponse terminateSession(io.agentbus.v1.TerminateSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTerminateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replays a session's events after a sequence and then follows it.
     * Ends with OK after the event that ended the session. To resume, pass the sequence of the last event
     * that came. OUT_OF_RANGE (SEQUENCE_OUT_OF_RANGE) if after_sequence is above the last one.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.agentbus.v1.WatchSessionResponse>
        watchSession(io.agentbus.v1.WatchSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists a session's events in order; `wait` makes it a long poll.
     * </pre>
     */
    public io.agentbus.v1.ListSessionEventsResponse listSessionEvents(io.agentbus.v1.ListSessionEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSessionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a task with its result.
     * For the members of its session; outside of sessions for the two agents that it is between. NOT_FOUND
     * (TASK_NOT_FOUND) if there is none.
     * </pre>
     */
    public io.agentbus.v1.GetTaskResponse getTask(io.agentbus.v1.GetTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the tasks of a session, without their results.
     * </pre>
     */
    public io.agentbus.v1.ListTasksResponse listTasks(io.agentbus.v1.ListTasksRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Calls a task off, and the tasks that it caused.
     * For its delegator and the session's orchestrator: PERMISSION_DENIED (NOT_DELEGATOR) for others. Mail that was not
     * settled is taken back, and an assignee that has it is told by a NOTIFICATION of the bus, see Task. Repeating it
     * changes nothing. NOT_FOUND (TASK_NOT_FOUND) if there is none, FAILED_PRECONDITION (TASK_ENDED) if it ended in
     * another way.
     * </pre>
     */
    public io.agentbus.v1.CancelTaskResponse cancelTask(io.agentbus.v1.CancelTaskRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCancelTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes one result of the session's task responses, and a summary of the session. Nothing changes.
     * For the members. RESOURCE_EXHAUSTED (LIMIT_REACHED) if the responses that take part have more than 3 MiB together as
     * JSON text, or what is returned has more than 4 MiB - 64 KiB.
     * </pre>
     */
    public io.agentbus.v1.AggregateResultsResponse aggregateResults(io.agentbus.v1.AggregateResultsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAggregateResultsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SessionService.
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public static final class SessionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SessionServiceBlockingStub> {
    private SessionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a session.
     * The caller's key must be allowed to speak as the orchestrator. ALREADY_EXISTS
     * (SESSION_ALREADY_EXISTS) if the id is taken; INVALID_ARGUMENT (WORKFLOW_INVALID) for steps
     * that repeat, that name unknown steps or agents, or that wait for each other in a circle;
     * RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) if roster, workflow and labels have more than 512 KiB.
     * </pre>
     */
    public io.agentbus.v1.CreateSessionResponse createSession(io.agentbus.v1.CreateSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a session as it is on disk.
     * </pre>
     */
    public io.agentbus.v1.GetSessionResponse getSession(io.agentbus.v1.GetSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the sessions that the caller may see, newest first.
     * </pre>
     */
    public io.agentbus.v1.ListSessionsResponse listSessions(io.agentbus.v1.ListSessionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSessionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Adds an agent to the roster; an agent that was removed may come back.
     * For the orchestrator. ALREADY_EXISTS (PARTICIPANT_ALREADY_EXISTS) if it is in it.
     * </pre>
     */
    public io.agentbus.v1.AddParticipantResponse addParticipant(io.agentbus.v1.AddParticipantRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAddParticipantMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Removes an agent from the roster.
     * For the orchestrator, and for a participant that removes itself. NOT_FOUND
     * (PARTICIPANT_NOT_FOUND) if it is not in it.
     * </pre>
     */
    public io.agentbus.v1.RemoveParticipantResponse removeParticipant(io.agentbus.v1.RemoveParticipantRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveParticipantMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says where the workflow stands, in the orchestrator's own words.
     * For the orchestrator. Steps that are in none of the lists keep their status, but for those of an AUTOMATIC workflow
     * that wait for nothing any more: they start. To hold such a step back, name it as pending.
     * INVALID_ARGUMENT (WORKFLOW_INVALID) for a step that the workflow does not have or that is named twice.
     * </pre>
     */
    public io.agentbus.v1.UpdateWorkflowResponse updateWorkflow(io.agentbus.v1.UpdateWorkflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateWorkflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Changes what the members share.
     * For every member. ABORTED (CONTEXT_REVISION_MISMATCH) if expected_revision is not the current
     * one, which the error names; RESOURCE_EXHAUSTED (SHARED_CONTEXT_TOO_LARGE) above 1 MiB; INVALID_ARGUMENT
     * (FORBIDDEN_KEY) for the keys `__proto__`, `constructor` and `prototype` at any depth.
     * </pre>
     */
    public io.agentbus.v1.UpdateSharedContextResponse updateSharedContext(io.agentbus.v1.UpdateSharedContextRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateSharedContextMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends a session as planned. For the orchestrator.
     * </pre>
     */
    public io.agentbus.v1.CompleteSessionResponse completeSession(io.agentbus.v1.CompleteSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCompleteSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Breaks a session off. For the orchestrator.
     * </pre>
     */
    public io.agentbus.v1.TerminateSessionResponse terminateSession(io.agentbus.v1.TerminateSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTerminateSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replays a session's events after a sequence and then follows it.
     * Ends with OK after the event that ended the session. To resume, pass the sequence of the last event
     * that came. OUT_OF_RANGE (SEQUENCE_OUT_OF_RANGE) if after_sequence is above the last one.
     * </pre>
     */
    public java.util.Iterator<io.agentbus.v1.WatchSessionResponse> watchSession(
        io.agentbus.v1.WatchSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists a session's events in order; `wait` makes it a long poll.
     * </pre>
     */
    public io.agentbus.v1.ListSessionEventsResponse listSessionEvents(io.agentbus.v1.ListSessionEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSessionEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a task with its result.
     * For the members of its session; outside of sessions for the two agents that it is between. NOT_FOUND
     * (TASK_NOT_FOUND) if there is none.
     * </pre>
     */
    public io.agentbus.v1.GetTaskResponse getTask(io.agentbus.v1.GetTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the tasks of a session, without their results.
     * </pre>
     */
    public io.agentbus.v1.ListTasksResponse listTasks(io.agentbus.v1.ListTasksRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTasksMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Calls a task off, and the tasks that it caused.
     * For its delegator and the session's orchestrator: PERMISSION_DENIED (NOT_DELEGATOR) for others. Mail that was not
     * settled is taken back, and an assignee that has it is told by a NOTIFICATION of the bus, see Task. Repeating it
     * changes nothing. NOT_FOUND (TASK_NOT_FOUND) if there is none, FAILED_PRECONDITION (TASK_ENDED) if it ended in
     * another way.
     * </pre>
     */
    public io.agentbus.v1.CancelTaskResponse cancelTask(io.agentbus.v1.CancelTaskRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCancelTaskMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes one result of the session's task responses, and a summary of the session. Nothing changes.
     * For the members. RESOURCE_EXHAUSTED (LIMIT_REACHED) if the responses that take part have more than 3 MiB together as
     * JSON text, or what is returned has more than 4 MiB - 64 KiB.
     * </pre>
     */
    public io.agentbus.v1.AggregateResultsResponse aggregateResults(io.agentbus.v1.AggregateResultsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAggregateResultsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SessionService.
   * <pre>
   * Sessions: roster, workflow, shared context, events, tasks.
   * A session exists for its members alone: anybody else gets NOT_FOUND
   * (SESSION_NOT_FOUND), whether or not it exists. Calls that change a session return when the change
   * is on disk, and refuse an ended session with FAILED_PRECONDITION (SESSION_ENDED).
   * An ended session, and a task outside of sessions that has ended, is kept for 30 days, and the oldest ones go before that
   * when all of them together have more than 4 GiB, unless the operator chose otherwise. What is forgotten does not exist: it
   * is not found, whoever watches it is told so (SESSION_NOT_FOUND), and its name is free.
   * </pre>
   */
  public static final class SessionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SessionServiceFutureStub> {
    private SessionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SessionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SessionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Opens a session.
     * The caller's key must be allowed to speak as the orchestrator. ALREADY_EXISTS
     * (SESSION_ALREADY_EXISTS) if the id is taken; INVALID_ARGUMENT (WORKFLOW_INVALID) for steps
     * that repeat, that name unknown steps or agents, or that wait for each other in a circle;
     * RESOURCE_EXHAUSTED (MESSAGE_TOO_LARGE) if roster, workflow and labels have more than 512 KiB.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.CreateSessionResponse> createSession(
        io.agentbus.v1.CreateSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a session as it is on disk.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.GetSessionResponse> getSession(
        io.agentbus.v1.GetSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the sessions that the caller may see, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ListSessionsResponse> listSessions(
        io.agentbus.v1.ListSessionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSessionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Adds an agent to the roster; an agent that was removed may come back.
     * For the orchestrator. ALREADY_EXISTS (PARTICIPANT_ALREADY_EXISTS) if it is in it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.AddParticipantResponse> addParticipant(
        io.agentbus.v1.AddParticipantRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAddParticipantMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Removes an agent from the roster.
     * For the orchestrator, and for a participant that removes itself. NOT_FOUND
     * (PARTICIPANT_NOT_FOUND) if it is not in it.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.RemoveParticipantResponse> removeParticipant(
        io.agentbus.v1.RemoveParticipantRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveParticipantMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says where the workflow stands, in the orchestrator's own words.
     * For the orchestrator. Steps that are in none of the lists keep their status, but for those of an AUTOMATIC workflow
     * that wait for nothing any more: they start. To hold such a step back, name it as pending.
     * INVALID_ARGUMENT (WORKFLOW_INVALID) for a step that the workflow does not have or that is named twice.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.UpdateWorkflowResponse> updateWorkflow(
        io.agentbus.v1.UpdateWorkflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateWorkflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Changes what the members share.
     * For every member. ABORTED (CONTEXT_REVISION_MISMATCH) if expected_revision is not the current
     * one, which the error names; RESOURCE_EXHAUSTED (SHARED_CONTEXT_TOO_LARGE) above 1 MiB; INVALID_ARGUMENT
     * (FORBIDDEN_KEY) for the keys `__proto__`, `constructor` and `prototype` at any depth.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.UpdateSharedContextResponse> updateSharedContext(
        io.agentbus.v1.UpdateSharedContextRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateSharedContextMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends a session as planned. For the orchestrator.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.CompleteSessionResponse> completeSession(
        io.agentbus.v1.CompleteSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCompleteSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Breaks a session off. For the orchestrator.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.TerminateSessionResponse> terminateSession(
        io.agentbus.v1.TerminateSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTerminateSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists a session's events in order; `wait` makes it a long poll.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ListSessionEventsResponse> listSessionEvents(
        io.agentbus.v1.ListSessionEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSessionEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a task with its result.
     * For the members of its session; outside of sessions for the two agents that it is between. NOT_FOUND
     * (TASK_NOT_FOUND) if there is none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.GetTaskResponse> getTask(
        io.agentbus.v1.GetTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the tasks of a session, without their results.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ListTasksResponse> listTasks(
        io.agentbus.v1.ListTasksRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTasksMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Calls a task off, and the tasks that it caused.
     * For its delegator and the session's orchestrator: PERMISSION_DENIED (NOT_DELEGATOR) for others. Mail that was not
     * settled is taken back, and an assignee that has it is told by a NOTIFICATION of the bus, see Task. Repeating it
     * changes nothing. NOT_FOUND (TASK_NOT_FOUND) if there is none, FAILED_PRECONDITION (TASK_ENDED) if it ended in
     * another way.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.CancelTaskResponse> cancelTask(
        io.agentbus.v1.CancelTaskRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCancelTaskMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes one result of the session's task responses, and a summary of the session. Nothing changes.
     * For the members. RESOURCE_EXHAUSTED (LIMIT_REACHED) if the responses that take part have more than 3 MiB together as
     * JSON text, or what is returned has more than 4 MiB - 64 KiB.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.AggregateResultsResponse> aggregateResults(
        io.agentbus.v1.AggregateResultsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAggregateResultsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_SESSION = 0;
  private static final int METHODID_GET_SESSION = 1;
  private static final int METHODID_LIST_SESSIONS = 2;
  private static final int METHODID_ADD_PARTICIPANT = 3;
  private static final int METHODID_REMOVE_PARTICIPANT = 4;
  private static final int METHODID_UPDATE_WORKFLOW = 5;
  private static final int METHODID_UPDATE_SHARED_CONTEXT = 6;
  private static final int METHODID_COMPLETE_SESSION = 7;
  private static final int METHODID_TERMINATE_SESSION = 8;
  private static final int METHODID_WATCH_SESSION = 9;
  private static final int METHODID_LIST_SESSION_EVENTS = 10;
  private static final int METHODID_GET_TASK = 11;
  private static final int METHODID_LIST_TASKS = 12;
  private static final int METHODID_CANCEL_TASK = 13;
  private static final int METHODID_AGGREGATE_RESULTS = 14;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_CREATE_SESSION:
          serviceImpl.createSession((io.agentbus.v1.CreateSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.CreateSessionResponse>) responseObserver);
          break;
        case METHODID_GET_SESSION:
          serviceImpl.getSession((io.agentbus.v1.GetSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.GetSessionResponse>) responseObserver);
          break;
        case METHODID_LIST_SESSIONS:
          serviceImpl.listSessions((io.agentbus.v1.ListSessionsRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionsResponse>) responseObserver);
          break;
        case METHODID_ADD_PARTICIPANT:
          serviceImpl.addParticipant((io.agentbus.v1.AddParticipantRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.AddParticipantResponse>) responseObserver);
          break;
        case METHODID_REMOVE_PARTICIPANT:
          serviceImpl.removeParticipant((io.agentbus.v1.RemoveParticipantRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.RemoveParticipantResponse>) responseObserver);
          break;
        case METHODID_UPDATE_WORKFLOW:
          serviceImpl.updateWorkflow((io.agentbus.v1.UpdateWorkflowRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateWorkflowResponse>) responseObserver);
          break;
        case METHODID_UPDATE_SHARED_CONTEXT:
          serviceImpl.updateSharedContext((io.agentbus.v1.UpdateSharedContextRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.UpdateSharedContextResponse>) responseObserver);
          break;
        case METHODID_COMPLETE_SESSION:
          serviceImpl.completeSession((io.agentbus.v1.CompleteSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.CompleteSessionResponse>) responseObserver);
          break;
        case METHODID_TERMINATE_SESSION:
          serviceImpl.terminateSession((io.agentbus.v1.TerminateSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.TerminateSessionResponse>) responseObserver);
          break;
        case METHODID_WATCH_SESSION:
          serviceImpl.watchSession((io.agentbus.v1.WatchSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.WatchSessionResponse>) responseObserver);
          break;
        case METHODID_LIST_SESSION_EVENTS:
          serviceImpl.listSessionEvents((io.agentbus.v1.ListSessionEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ListSessionEventsResponse>) responseObserver);
          break;
        case METHODID_GET_TASK:
          serviceImpl.getTask((io.agentbus.v1.GetTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.GetTaskResponse>) responseObserver);
          break;
        case METHODID_LIST_TASKS:
          serviceImpl.listTasks((io.agentbus.v1.ListTasksRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ListTasksResponse>) responseObserver);
          break;
        case METHODID_CANCEL_TASK:
          serviceImpl.cancelTask((io.agentbus.v1.CancelTaskRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.CancelTaskResponse>) responseObserver);
          break;
        case METHODID_AGGREGATE_RESULTS:
          serviceImpl.aggregateResults((io.agentbus.v1.AggregateResultsRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.AggregateResultsResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getCreateSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.CreateSessionRequest,
              io.agentbus.v1.CreateSessionResponse>(
                service, METHODID_CREATE_SESSION)))
        .addMethod(
          getGetSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.GetSessionRequest,
              io.agentbus.v1.GetSessionResponse>(
                service, METHODID_GET_SESSION)))
        .addMethod(
          getListSessionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ListSessionsRequest,
              io.agentbus.v1.ListSessionsResponse>(
                service, METHODID_LIST_SESSIONS)))
        .addMethod(
          getAddParticipantMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.AddParticipantRequest,
              io.agentbus.v1.AddParticipantResponse>(
                service, METHODID_ADD_PARTICIPANT)))
        .addMethod(
          getRemoveParticipantMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.RemoveParticipantRequest,
              io.agentbus.v1.RemoveParticipantResponse>(
                service, METHODID_REMOVE_PARTICIPANT)))
        .addMethod(
          getUpdateWorkflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.UpdateWorkflowRequest,
              io.agentbus.v1.UpdateWorkflowResponse>(
                service, METHODID_UPDATE_WORKFLOW)))
        .addMethod(
          getUpdateSharedContextMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.UpdateSharedContextRequest,
              io.agentbus.v1.UpdateSharedContextResponse>(
                service, METHODID_UPDATE_SHARED_CONTEXT)))
        .addMethod(
          getCompleteSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.CompleteSessionRequest,
              io.agentbus.v1.CompleteSessionResponse>(
                service, METHODID_COMPLETE_SESSION)))
        .addMethod(
          getTerminateSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.TerminateSessionRequest,
              io.agentbus.v1.TerminateSessionResponse>(
                service, METHODID_TERMINATE_SESSION)))
        .addMethod(
          getWatchSessionMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.agentbus.v1.WatchSessionRequest,
              io.agentbus.v1.WatchSessionResponse>(
                service, METHODID_WATCH_SESSION)))
        .addMethod(
          getListSessionEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ListSessionEventsRequest,
              io.agentbus.v1.ListSessionEventsResponse>(
                service, METHODID_LIST_SESSION_EVENTS)))
        .addMethod(
          getGetTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.GetTaskRequest,
              io.agentbus.v1.GetTaskResponse>(
                service, METHODID_GET_TASK)))
        .addMethod(
          getListTasksMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ListTasksRequest,
              io.agentbus.v1.ListTasksResponse>(
                service, METHODID_LIST_TASKS)))
        .addMethod(
          getCancelTaskMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.CancelTaskRequest,
              io.agentbus.v1.CancelTaskResponse>(
                service, METHODID_CANCEL_TASK)))
        .addMethod(
          getAggregateResultsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.AggregateResultsRequest,
              io.agentbus.v1.AggregateResultsResponse>(
                service, METHODID_AGGREGATE_RESULTS)))
        .build();
  }

  private static abstract class SessionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SessionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.agentbus.v1.SessionServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SessionService");
    }
  }

  private static final class SessionServiceFileDescriptorSupplier
      extends SessionServiceBaseDescriptorSupplier {
    SessionServiceFileDescriptorSupplier() {}
  }

  private static final class SessionServiceMethodDescriptorSupplier
      extends SessionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SessionServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SessionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SessionServiceFileDescriptorSupplier())
              .addMethod(getCreateSessionMethod())
              .addMethod(getGetSessionMethod())
              .addMethod(getListSessionsMethod())
              .addMethod(getAddParticipantMethod())
              .addMethod(getRemoveParticipantMethod())
              .addMethod(getUpdateWorkflowMethod())
              .addMethod(getUpdateSharedContextMethod())
              .addMethod(getCompleteSessionMethod())
              .addMethod(getTerminateSessionMethod())
              .addMethod(getWatchSessionMethod())
              .addMethod(getListSessionEventsMethod())
              .addMethod(getGetTaskMethod())
              .addMethod(getListTasksMethod())
              .addMethod(getCancelTaskMethod())
              .addMethod(getAggregateResultsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
