package io.agentbus.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Agents: who there is, and the stream that each lives on.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AgentServiceGrpc {

  private AgentServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "agentbus.v1.AgentService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.AgentStreamRequest,
      io.agentbus.v1.AgentStreamResponse> getAgentStreamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AgentStream",
      requestType = io.agentbus.v1.AgentStreamRequest.class,
      responseType = io.agentbus.v1.AgentStreamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.AgentStreamRequest,
      io.agentbus.v1.AgentStreamResponse> getAgentStreamMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.AgentStreamRequest, io.agentbus.v1.AgentStreamResponse> getAgentStreamMethod;
    if ((getAgentStreamMethod = AgentServiceGrpc.getAgentStreamMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getAgentStreamMethod = AgentServiceGrpc.getAgentStreamMethod) == null) {
          AgentServiceGrpc.getAgentStreamMethod = getAgentStreamMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.AgentStreamRequest, io.agentbus.v1.AgentStreamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.BIDI_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AgentStream"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AgentStreamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AgentStreamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("AgentStream"))
              .build();
        }
      }
    }
    return getAgentStreamMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.SubscribeRequest,
      io.agentbus.v1.SubscribeResponse> getSubscribeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Subscribe",
      requestType = io.agentbus.v1.SubscribeRequest.class,
      responseType = io.agentbus.v1.SubscribeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.SubscribeRequest,
      io.agentbus.v1.SubscribeResponse> getSubscribeMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.SubscribeRequest, io.agentbus.v1.SubscribeResponse> getSubscribeMethod;
    if ((getSubscribeMethod = AgentServiceGrpc.getSubscribeMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getSubscribeMethod = AgentServiceGrpc.getSubscribeMethod) == null) {
          AgentServiceGrpc.getSubscribeMethod = getSubscribeMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.SubscribeRequest, io.agentbus.v1.SubscribeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Subscribe"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.SubscribeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.SubscribeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("Subscribe"))
              .build();
        }
      }
    }
    return getSubscribeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.RegisterAgentRequest,
      io.agentbus.v1.RegisterAgentResponse> getRegisterAgentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RegisterAgent",
      requestType = io.agentbus.v1.RegisterAgentRequest.class,
      responseType = io.agentbus.v1.RegisterAgentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.RegisterAgentRequest,
      io.agentbus.v1.RegisterAgentResponse> getRegisterAgentMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.RegisterAgentRequest, io.agentbus.v1.RegisterAgentResponse> getRegisterAgentMethod;
    if ((getRegisterAgentMethod = AgentServiceGrpc.getRegisterAgentMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getRegisterAgentMethod = AgentServiceGrpc.getRegisterAgentMethod) == null) {
          AgentServiceGrpc.getRegisterAgentMethod = getRegisterAgentMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.RegisterAgentRequest, io.agentbus.v1.RegisterAgentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RegisterAgent"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RegisterAgentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RegisterAgentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("RegisterAgent"))
              .build();
        }
      }
    }
    return getRegisterAgentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.UnregisterAgentRequest,
      io.agentbus.v1.UnregisterAgentResponse> getUnregisterAgentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnregisterAgent",
      requestType = io.agentbus.v1.UnregisterAgentRequest.class,
      responseType = io.agentbus.v1.UnregisterAgentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.UnregisterAgentRequest,
      io.agentbus.v1.UnregisterAgentResponse> getUnregisterAgentMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.UnregisterAgentRequest, io.agentbus.v1.UnregisterAgentResponse> getUnregisterAgentMethod;
    if ((getUnregisterAgentMethod = AgentServiceGrpc.getUnregisterAgentMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getUnregisterAgentMethod = AgentServiceGrpc.getUnregisterAgentMethod) == null) {
          AgentServiceGrpc.getUnregisterAgentMethod = getUnregisterAgentMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.UnregisterAgentRequest, io.agentbus.v1.UnregisterAgentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnregisterAgent"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UnregisterAgentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.UnregisterAgentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("UnregisterAgent"))
              .build();
        }
      }
    }
    return getUnregisterAgentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.GetAgentRequest,
      io.agentbus.v1.GetAgentResponse> getGetAgentMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetAgent",
      requestType = io.agentbus.v1.GetAgentRequest.class,
      responseType = io.agentbus.v1.GetAgentResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.GetAgentRequest,
      io.agentbus.v1.GetAgentResponse> getGetAgentMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.GetAgentRequest, io.agentbus.v1.GetAgentResponse> getGetAgentMethod;
    if ((getGetAgentMethod = AgentServiceGrpc.getGetAgentMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getGetAgentMethod = AgentServiceGrpc.getGetAgentMethod) == null) {
          AgentServiceGrpc.getGetAgentMethod = getGetAgentMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.GetAgentRequest, io.agentbus.v1.GetAgentResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetAgent"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetAgentRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetAgentResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("GetAgent"))
              .build();
        }
      }
    }
    return getGetAgentMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ListAgentsRequest,
      io.agentbus.v1.ListAgentsResponse> getListAgentsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAgents",
      requestType = io.agentbus.v1.ListAgentsRequest.class,
      responseType = io.agentbus.v1.ListAgentsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ListAgentsRequest,
      io.agentbus.v1.ListAgentsResponse> getListAgentsMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ListAgentsRequest, io.agentbus.v1.ListAgentsResponse> getListAgentsMethod;
    if ((getListAgentsMethod = AgentServiceGrpc.getListAgentsMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getListAgentsMethod = AgentServiceGrpc.getListAgentsMethod) == null) {
          AgentServiceGrpc.getListAgentsMethod = getListAgentsMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ListAgentsRequest, io.agentbus.v1.ListAgentsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAgents"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListAgentsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListAgentsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("ListAgents"))
              .build();
        }
      }
    }
    return getListAgentsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.HeartbeatRequest,
      io.agentbus.v1.HeartbeatResponse> getHeartbeatMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Heartbeat",
      requestType = io.agentbus.v1.HeartbeatRequest.class,
      responseType = io.agentbus.v1.HeartbeatResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.HeartbeatRequest,
      io.agentbus.v1.HeartbeatResponse> getHeartbeatMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.HeartbeatRequest, io.agentbus.v1.HeartbeatResponse> getHeartbeatMethod;
    if ((getHeartbeatMethod = AgentServiceGrpc.getHeartbeatMethod) == null) {
      synchronized (AgentServiceGrpc.class) {
        if ((getHeartbeatMethod = AgentServiceGrpc.getHeartbeatMethod) == null) {
          AgentServiceGrpc.getHeartbeatMethod = getHeartbeatMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.HeartbeatRequest, io.agentbus.v1.HeartbeatResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Heartbeat"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.HeartbeatRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.HeartbeatResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AgentServiceMethodDescriptorSupplier("Heartbeat"))
              .build();
        }
      }
    }
    return getHeartbeatMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AgentServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AgentServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AgentServiceStub>() {
        @java.lang.Override
        public AgentServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AgentServiceStub(channel, callOptions);
        }
      };
    return AgentServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AgentServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AgentServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AgentServiceBlockingV2Stub>() {
        @java.lang.Override
        public AgentServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AgentServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AgentServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AgentServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AgentServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AgentServiceBlockingStub>() {
        @java.lang.Override
        public AgentServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AgentServiceBlockingStub(channel, callOptions);
        }
      };
    return AgentServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AgentServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AgentServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AgentServiceFutureStub>() {
        @java.lang.Override
        public AgentServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AgentServiceFutureStub(channel, callOptions);
        }
      };
    return AgentServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * The life of an agent on the bus: messages both ways, acknowledgements, heartbeats, sessions.
     * The first client frame is `hello` within 10 s; the bus answers `welcome` at once.
     * When the stream ends, its unsettled deliveries go back to the mailbox at once.
     * Errors that end it: INVALID_ARGUMENT (HELLO_EXPECTED, HELLO_REPEATED, FIELD_INVALID), PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), FAILED_PRECONDITION (PROTOCOL_VERSION_UNSUPPORTED), ABORTED (STREAM_FENCED),
     * NOT_FOUND (AGENT_NOT_FOUND, when the agent is unregistered), DEADLINE_EXCEEDED (HELLO_TIMEOUT,
     * HEARTBEAT_TIMEOUT), RESOURCE_EXHAUSTED (SLOW_CONSUMER, LIMIT_REACHED), UNAVAILABLE (DRAINING).
     * </pre>
     */
    default io.grpc.stub.StreamObserver<io.agentbus.v1.AgentStreamRequest> agentStream(
        io.grpc.stub.StreamObserver<io.agentbus.v1.AgentStreamResponse> responseObserver) {
      return io.grpc.stub.ServerCalls.asyncUnimplementedStreamingCall(getAgentStreamMethod(), responseObserver);
    }

    /**
     * <pre>
     * The receiving half of AgentStream, for clients without bidirectional streams: browsers, HTTP/1.1.
     * Deliveries are settled by AcknowledgeMessages, RejectMessages and ExtendLeases, heartbeats
     * go by Heartbeat. Errors as for AgentStream.
     * </pre>
     */
    default void subscribe(io.agentbus.v1.SubscribeRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.SubscribeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSubscribeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes an agent known, or changes what is known of it.
     * Opening a stream does the same. RESOURCE_EXHAUSTED (LIMIT_REACHED) if there are too many agents.
     * </pre>
     */
    default void registerAgent(io.agentbus.v1.RegisterAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RegisterAgentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRegisterAgentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Forgets an agent and ends its streams.
     * Its mailbox stays for the sessions that name it. NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    default void unregisterAgent(io.agentbus.v1.UnregisterAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UnregisterAgentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnregisterAgentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns one agent with its presence.
     * NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    default void getAgent(io.agentbus.v1.GetAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetAgentResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetAgentMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists agents by id.
     * </pre>
     */
    default void listAgents(io.agentbus.v1.ListAgentsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListAgentsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAgentsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Says that an instance without a stream is alive, for two heartbeat intervals.
     * NOT_FOUND (AGENT_NOT_FOUND) if the agent is not registered.
     * </pre>
     */
    default void heartbeat(io.agentbus.v1.HeartbeatRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.HeartbeatResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHeartbeatMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AgentService.
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public static abstract class AgentServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AgentServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AgentService.
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public static final class AgentServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AgentServiceStub> {
    private AgentServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AgentServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AgentServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * The life of an agent on the bus: messages both ways, acknowledgements, heartbeats, sessions.
     * The first client frame is `hello` within 10 s; the bus answers `welcome` at once.
     * When the stream ends, its unsettled deliveries go back to the mailbox at once.
     * Errors that end it: INVALID_ARGUMENT (HELLO_EXPECTED, HELLO_REPEATED, FIELD_INVALID), PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), FAILED_PRECONDITION (PROTOCOL_VERSION_UNSUPPORTED), ABORTED (STREAM_FENCED),
     * NOT_FOUND (AGENT_NOT_FOUND, when the agent is unregistered), DEADLINE_EXCEEDED (HELLO_TIMEOUT,
     * HEARTBEAT_TIMEOUT), RESOURCE_EXHAUSTED (SLOW_CONSUMER, LIMIT_REACHED), UNAVAILABLE (DRAINING).
     * </pre>
     */
    public io.grpc.stub.StreamObserver<io.agentbus.v1.AgentStreamRequest> agentStream(
        io.grpc.stub.StreamObserver<io.agentbus.v1.AgentStreamResponse> responseObserver) {
      return io.grpc.stub.ClientCalls.asyncBidiStreamingCall(
          getChannel().newCall(getAgentStreamMethod(), getCallOptions()), responseObserver);
    }

    /**
     * <pre>
     * The receiving half of AgentStream, for clients without bidirectional streams: browsers, HTTP/1.1.
     * Deliveries are settled by AcknowledgeMessages, RejectMessages and ExtendLeases, heartbeats
     * go by Heartbeat. Errors as for AgentStream.
     * </pre>
     */
    public void subscribe(io.agentbus.v1.SubscribeRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.SubscribeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getSubscribeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes an agent known, or changes what is known of it.
     * Opening a stream does the same. RESOURCE_EXHAUSTED (LIMIT_REACHED) if there are too many agents.
     * </pre>
     */
    public void registerAgent(io.agentbus.v1.RegisterAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RegisterAgentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRegisterAgentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Forgets an agent and ends its streams.
     * Its mailbox stays for the sessions that name it. NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public void unregisterAgent(io.agentbus.v1.UnregisterAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.UnregisterAgentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnregisterAgentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns one agent with its presence.
     * NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public void getAgent(io.agentbus.v1.GetAgentRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetAgentResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetAgentMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists agents by id.
     * </pre>
     */
    public void listAgents(io.agentbus.v1.ListAgentsRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListAgentsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAgentsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Says that an instance without a stream is alive, for two heartbeat intervals.
     * NOT_FOUND (AGENT_NOT_FOUND) if the agent is not registered.
     * </pre>
     */
    public void heartbeat(io.agentbus.v1.HeartbeatRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.HeartbeatResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHeartbeatMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AgentService.
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public static final class AgentServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AgentServiceBlockingV2Stub> {
    private AgentServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AgentServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AgentServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * The life of an agent on the bus: messages both ways, acknowledgements, heartbeats, sessions.
     * The first client frame is `hello` within 10 s; the bus answers `welcome` at once.
     * When the stream ends, its unsettled deliveries go back to the mailbox at once.
     * Errors that end it: INVALID_ARGUMENT (HELLO_EXPECTED, HELLO_REPEATED, FIELD_INVALID), PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), FAILED_PRECONDITION (PROTOCOL_VERSION_UNSUPPORTED), ABORTED (STREAM_FENCED),
     * NOT_FOUND (AGENT_NOT_FOUND, when the agent is unregistered), DEADLINE_EXCEEDED (HELLO_TIMEOUT,
     * HEARTBEAT_TIMEOUT), RESOURCE_EXHAUSTED (SLOW_CONSUMER, LIMIT_REACHED), UNAVAILABLE (DRAINING).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<io.agentbus.v1.AgentStreamRequest, io.agentbus.v1.AgentStreamResponse>
        agentStream() {
      return io.grpc.stub.ClientCalls.blockingBidiStreamingCall(
          getChannel(), getAgentStreamMethod(), getCallOptions());
    }

    /**
     * <pre>
     * The receiving half of AgentStream, for clients without bidirectional streams: browsers, HTTP/1.1.
     * Deliveries are settled by AcknowledgeMessages, RejectMessages and ExtendLeases, heartbeats
     * go by Heartbeat. Errors as for AgentStream.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.agentbus.v1.SubscribeResponse>
        subscribe(io.agentbus.v1.SubscribeRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getSubscribeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an agent known, or changes what is known of it.
     * Opening a stream does the same. RESOURCE_EXHAUSTED (LIMIT_REACHED) if there are too many agents.
     * </pre>
     */
    public io.agentbus.v1.RegisterAgentResponse registerAgent(io.agentbus.v1.RegisterAgentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRegisterAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Forgets an agent and ends its streams.
     * Its mailbox stays for the sessions that name it. NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public io.agentbus.v1.UnregisterAgentResponse unregisterAgent(io.agentbus.v1.UnregisterAgentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnregisterAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one agent with its presence.
     * NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public io.agentbus.v1.GetAgentResponse getAgent(io.agentbus.v1.GetAgentRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists agents by id.
     * </pre>
     */
    public io.agentbus.v1.ListAgentsResponse listAgents(io.agentbus.v1.ListAgentsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAgentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says that an instance without a stream is alive, for two heartbeat intervals.
     * NOT_FOUND (AGENT_NOT_FOUND) if the agent is not registered.
     * </pre>
     */
    public io.agentbus.v1.HeartbeatResponse heartbeat(io.agentbus.v1.HeartbeatRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHeartbeatMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AgentService.
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public static final class AgentServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AgentServiceBlockingStub> {
    private AgentServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AgentServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AgentServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * The receiving half of AgentStream, for clients without bidirectional streams: browsers, HTTP/1.1.
     * Deliveries are settled by AcknowledgeMessages, RejectMessages and ExtendLeases, heartbeats
     * go by Heartbeat. Errors as for AgentStream.
     * </pre>
     */
    public java.util.Iterator<io.agentbus.v1.SubscribeResponse> subscribe(
        io.agentbus.v1.SubscribeRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getSubscribeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes an agent known, or changes what is known of it.
     * Opening a stream does the same. RESOURCE_EXHAUSTED (LIMIT_REACHED) if there are too many agents.
     * </pre>
     */
    public io.agentbus.v1.RegisterAgentResponse registerAgent(io.agentbus.v1.RegisterAgentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRegisterAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Forgets an agent and ends its streams.
     * Its mailbox stays for the sessions that name it. NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public io.agentbus.v1.UnregisterAgentResponse unregisterAgent(io.agentbus.v1.UnregisterAgentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnregisterAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns one agent with its presence.
     * NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public io.agentbus.v1.GetAgentResponse getAgent(io.agentbus.v1.GetAgentRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetAgentMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists agents by id.
     * </pre>
     */
    public io.agentbus.v1.ListAgentsResponse listAgents(io.agentbus.v1.ListAgentsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAgentsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Says that an instance without a stream is alive, for two heartbeat intervals.
     * NOT_FOUND (AGENT_NOT_FOUND) if the agent is not registered.
     * </pre>
     */
    public io.agentbus.v1.HeartbeatResponse heartbeat(io.agentbus.v1.HeartbeatRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHeartbeatMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AgentService.
   * <pre>
   * Agents: who there is, and the stream that each lives on.
   * </pre>
   */
  public static final class AgentServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AgentServiceFutureStub> {
    private AgentServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AgentServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AgentServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes an agent known, or changes what is known of it.
     * Opening a stream does the same. RESOURCE_EXHAUSTED (LIMIT_REACHED) if there are too many agents.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.RegisterAgentResponse> registerAgent(
        io.agentbus.v1.RegisterAgentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRegisterAgentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Forgets an agent and ends its streams.
     * Its mailbox stays for the sessions that name it. NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.UnregisterAgentResponse> unregisterAgent(
        io.agentbus.v1.UnregisterAgentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnregisterAgentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns one agent with its presence.
     * NOT_FOUND (AGENT_NOT_FOUND) if it is not registered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.GetAgentResponse> getAgent(
        io.agentbus.v1.GetAgentRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetAgentMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists agents by id.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ListAgentsResponse> listAgents(
        io.agentbus.v1.ListAgentsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAgentsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Says that an instance without a stream is alive, for two heartbeat intervals.
     * NOT_FOUND (AGENT_NOT_FOUND) if the agent is not registered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.HeartbeatResponse> heartbeat(
        io.agentbus.v1.HeartbeatRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHeartbeatMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SUBSCRIBE = 0;
  private static final int METHODID_REGISTER_AGENT = 1;
  private static final int METHODID_UNREGISTER_AGENT = 2;
  private static final int METHODID_GET_AGENT = 3;
  private static final int METHODID_LIST_AGENTS = 4;
  private static final int METHODID_HEARTBEAT = 5;
  private static final int METHODID_AGENT_STREAM = 6;

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
        case METHODID_SUBSCRIBE:
          serviceImpl.subscribe((io.agentbus.v1.SubscribeRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.SubscribeResponse>) responseObserver);
          break;
        case METHODID_REGISTER_AGENT:
          serviceImpl.registerAgent((io.agentbus.v1.RegisterAgentRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.RegisterAgentResponse>) responseObserver);
          break;
        case METHODID_UNREGISTER_AGENT:
          serviceImpl.unregisterAgent((io.agentbus.v1.UnregisterAgentRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.UnregisterAgentResponse>) responseObserver);
          break;
        case METHODID_GET_AGENT:
          serviceImpl.getAgent((io.agentbus.v1.GetAgentRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.GetAgentResponse>) responseObserver);
          break;
        case METHODID_LIST_AGENTS:
          serviceImpl.listAgents((io.agentbus.v1.ListAgentsRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ListAgentsResponse>) responseObserver);
          break;
        case METHODID_HEARTBEAT:
          serviceImpl.heartbeat((io.agentbus.v1.HeartbeatRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.HeartbeatResponse>) responseObserver);
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
        case METHODID_AGENT_STREAM:
          return (io.grpc.stub.StreamObserver<Req>) serviceImpl.agentStream(
              (io.grpc.stub.StreamObserver<io.agentbus.v1.AgentStreamResponse>) responseObserver);
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getAgentStreamMethod(),
          io.grpc.stub.ServerCalls.asyncBidiStreamingCall(
            new MethodHandlers<
              io.agentbus.v1.AgentStreamRequest,
              io.agentbus.v1.AgentStreamResponse>(
                service, METHODID_AGENT_STREAM)))
        .addMethod(
          getSubscribeMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.agentbus.v1.SubscribeRequest,
              io.agentbus.v1.SubscribeResponse>(
                service, METHODID_SUBSCRIBE)))
        .addMethod(
          getRegisterAgentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.RegisterAgentRequest,
              io.agentbus.v1.RegisterAgentResponse>(
                service, METHODID_REGISTER_AGENT)))
        .addMethod(
          getUnregisterAgentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.UnregisterAgentRequest,
              io.agentbus.v1.UnregisterAgentResponse>(
                service, METHODID_UNREGISTER_AGENT)))
        .addMethod(
          getGetAgentMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.GetAgentRequest,
              io.agentbus.v1.GetAgentResponse>(
                service, METHODID_GET_AGENT)))
        .addMethod(
          getListAgentsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ListAgentsRequest,
              io.agentbus.v1.ListAgentsResponse>(
                service, METHODID_LIST_AGENTS)))
        .addMethod(
          getHeartbeatMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.HeartbeatRequest,
              io.agentbus.v1.HeartbeatResponse>(
                service, METHODID_HEARTBEAT)))
        .build();
  }

  private static abstract class AgentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AgentServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.agentbus.v1.AgentServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AgentService");
    }
  }

  private static final class AgentServiceFileDescriptorSupplier
      extends AgentServiceBaseDescriptorSupplier {
    AgentServiceFileDescriptorSupplier() {}
  }

  private static final class AgentServiceMethodDescriptorSupplier
      extends AgentServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AgentServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AgentServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AgentServiceFileDescriptorSupplier())
              .addMethod(getAgentStreamMethod())
              .addMethod(getSubscribeMethod())
              .addMethod(getRegisterAgentMethod())
              .addMethod(getUnregisterAgentMethod())
              .addMethod(getGetAgentMethod())
              .addMethod(getListAgentsMethod())
              .addMethod(getHeartbeatMethod())
              .build();
        }
      }
    }
    return result;
  }
}
