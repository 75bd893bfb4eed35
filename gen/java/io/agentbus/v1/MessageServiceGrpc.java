package io.agentbus.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class MessageServiceGrpc {

  private MessageServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "agentbus.v1.MessageService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.SendMessageRequest,
      io.agentbus.v1.SendMessageResponse> getSendMessageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SendMessage",
      requestType = io.agentbus.v1.SendMessageRequest.class,
      responseType = io.agentbus.v1.SendMessageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.SendMessageRequest,
      io.agentbus.v1.SendMessageResponse> getSendMessageMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.SendMessageRequest, io.agentbus.v1.SendMessageResponse> getSendMessageMethod;
    if ((getSendMessageMethod = MessageServiceGrpc.getSendMessageMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getSendMessageMethod = MessageServiceGrpc.getSendMessageMethod) == null) {
          MessageServiceGrpc.getSendMessageMethod = getSendMessageMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.SendMessageRequest, io.agentbus.v1.SendMessageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SendMessage"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.SendMessageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.SendMessageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("SendMessage"))
              .build();
        }
      }
    }
    return getSendMessageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ReceiveMessagesRequest,
      io.agentbus.v1.ReceiveMessagesResponse> getReceiveMessagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ReceiveMessages",
      requestType = io.agentbus.v1.ReceiveMessagesRequest.class,
      responseType = io.agentbus.v1.ReceiveMessagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ReceiveMessagesRequest,
      io.agentbus.v1.ReceiveMessagesResponse> getReceiveMessagesMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ReceiveMessagesRequest, io.agentbus.v1.ReceiveMessagesResponse> getReceiveMessagesMethod;
    if ((getReceiveMessagesMethod = MessageServiceGrpc.getReceiveMessagesMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getReceiveMessagesMethod = MessageServiceGrpc.getReceiveMessagesMethod) == null) {
          MessageServiceGrpc.getReceiveMessagesMethod = getReceiveMessagesMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ReceiveMessagesRequest, io.agentbus.v1.ReceiveMessagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ReceiveMessages"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ReceiveMessagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ReceiveMessagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("ReceiveMessages"))
              .build();
        }
      }
    }
    return getReceiveMessagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.AcknowledgeMessagesRequest,
      io.agentbus.v1.AcknowledgeMessagesResponse> getAcknowledgeMessagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AcknowledgeMessages",
      requestType = io.agentbus.v1.AcknowledgeMessagesRequest.class,
      responseType = io.agentbus.v1.AcknowledgeMessagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.AcknowledgeMessagesRequest,
      io.agentbus.v1.AcknowledgeMessagesResponse> getAcknowledgeMessagesMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.AcknowledgeMessagesRequest, io.agentbus.v1.AcknowledgeMessagesResponse> getAcknowledgeMessagesMethod;
    if ((getAcknowledgeMessagesMethod = MessageServiceGrpc.getAcknowledgeMessagesMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getAcknowledgeMessagesMethod = MessageServiceGrpc.getAcknowledgeMessagesMethod) == null) {
          MessageServiceGrpc.getAcknowledgeMessagesMethod = getAcknowledgeMessagesMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.AcknowledgeMessagesRequest, io.agentbus.v1.AcknowledgeMessagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AcknowledgeMessages"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AcknowledgeMessagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.AcknowledgeMessagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("AcknowledgeMessages"))
              .build();
        }
      }
    }
    return getAcknowledgeMessagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.RejectMessagesRequest,
      io.agentbus.v1.RejectMessagesResponse> getRejectMessagesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RejectMessages",
      requestType = io.agentbus.v1.RejectMessagesRequest.class,
      responseType = io.agentbus.v1.RejectMessagesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.RejectMessagesRequest,
      io.agentbus.v1.RejectMessagesResponse> getRejectMessagesMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.RejectMessagesRequest, io.agentbus.v1.RejectMessagesResponse> getRejectMessagesMethod;
    if ((getRejectMessagesMethod = MessageServiceGrpc.getRejectMessagesMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getRejectMessagesMethod = MessageServiceGrpc.getRejectMessagesMethod) == null) {
          MessageServiceGrpc.getRejectMessagesMethod = getRejectMessagesMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.RejectMessagesRequest, io.agentbus.v1.RejectMessagesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RejectMessages"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RejectMessagesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RejectMessagesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("RejectMessages"))
              .build();
        }
      }
    }
    return getRejectMessagesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ExtendLeasesRequest,
      io.agentbus.v1.ExtendLeasesResponse> getExtendLeasesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExtendLeases",
      requestType = io.agentbus.v1.ExtendLeasesRequest.class,
      responseType = io.agentbus.v1.ExtendLeasesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ExtendLeasesRequest,
      io.agentbus.v1.ExtendLeasesResponse> getExtendLeasesMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ExtendLeasesRequest, io.agentbus.v1.ExtendLeasesResponse> getExtendLeasesMethod;
    if ((getExtendLeasesMethod = MessageServiceGrpc.getExtendLeasesMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getExtendLeasesMethod = MessageServiceGrpc.getExtendLeasesMethod) == null) {
          MessageServiceGrpc.getExtendLeasesMethod = getExtendLeasesMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ExtendLeasesRequest, io.agentbus.v1.ExtendLeasesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExtendLeases"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ExtendLeasesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ExtendLeasesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("ExtendLeases"))
              .build();
        }
      }
    }
    return getExtendLeasesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.GetMessageStatusRequest,
      io.agentbus.v1.GetMessageStatusResponse> getGetMessageStatusMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetMessageStatus",
      requestType = io.agentbus.v1.GetMessageStatusRequest.class,
      responseType = io.agentbus.v1.GetMessageStatusResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.GetMessageStatusRequest,
      io.agentbus.v1.GetMessageStatusResponse> getGetMessageStatusMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.GetMessageStatusRequest, io.agentbus.v1.GetMessageStatusResponse> getGetMessageStatusMethod;
    if ((getGetMessageStatusMethod = MessageServiceGrpc.getGetMessageStatusMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getGetMessageStatusMethod = MessageServiceGrpc.getGetMessageStatusMethod) == null) {
          MessageServiceGrpc.getGetMessageStatusMethod = getGetMessageStatusMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.GetMessageStatusRequest, io.agentbus.v1.GetMessageStatusResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetMessageStatus"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetMessageStatusRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.GetMessageStatusResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("GetMessageStatus"))
              .build();
        }
      }
    }
    return getGetMessageStatusMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.ListDeadLettersRequest,
      io.agentbus.v1.ListDeadLettersResponse> getListDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDeadLetters",
      requestType = io.agentbus.v1.ListDeadLettersRequest.class,
      responseType = io.agentbus.v1.ListDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.ListDeadLettersRequest,
      io.agentbus.v1.ListDeadLettersResponse> getListDeadLettersMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.ListDeadLettersRequest, io.agentbus.v1.ListDeadLettersResponse> getListDeadLettersMethod;
    if ((getListDeadLettersMethod = MessageServiceGrpc.getListDeadLettersMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getListDeadLettersMethod = MessageServiceGrpc.getListDeadLettersMethod) == null) {
          MessageServiceGrpc.getListDeadLettersMethod = getListDeadLettersMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.ListDeadLettersRequest, io.agentbus.v1.ListDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDeadLetters"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.ListDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("ListDeadLetters"))
              .build();
        }
      }
    }
    return getListDeadLettersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.RedeliverDeadLettersRequest,
      io.agentbus.v1.RedeliverDeadLettersResponse> getRedeliverDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RedeliverDeadLetters",
      requestType = io.agentbus.v1.RedeliverDeadLettersRequest.class,
      responseType = io.agentbus.v1.RedeliverDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.RedeliverDeadLettersRequest,
      io.agentbus.v1.RedeliverDeadLettersResponse> getRedeliverDeadLettersMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.RedeliverDeadLettersRequest, io.agentbus.v1.RedeliverDeadLettersResponse> getRedeliverDeadLettersMethod;
    if ((getRedeliverDeadLettersMethod = MessageServiceGrpc.getRedeliverDeadLettersMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getRedeliverDeadLettersMethod = MessageServiceGrpc.getRedeliverDeadLettersMethod) == null) {
          MessageServiceGrpc.getRedeliverDeadLettersMethod = getRedeliverDeadLettersMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.RedeliverDeadLettersRequest, io.agentbus.v1.RedeliverDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RedeliverDeadLetters"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RedeliverDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.RedeliverDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("RedeliverDeadLetters"))
              .build();
        }
      }
    }
    return getRedeliverDeadLettersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.agentbus.v1.PurgeDeadLettersRequest,
      io.agentbus.v1.PurgeDeadLettersResponse> getPurgeDeadLettersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PurgeDeadLetters",
      requestType = io.agentbus.v1.PurgeDeadLettersRequest.class,
      responseType = io.agentbus.v1.PurgeDeadLettersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.agentbus.v1.PurgeDeadLettersRequest,
      io.agentbus.v1.PurgeDeadLettersResponse> getPurgeDeadLettersMethod() {
    io.grpc.MethodDescriptor<io.agentbus.v1.PurgeDeadLettersRequest, io.agentbus.v1.PurgeDeadLettersResponse> getPurgeDeadLettersMethod;
    if ((getPurgeDeadLettersMethod = MessageServiceGrpc.getPurgeDeadLettersMethod) == null) {
      synchronized (MessageServiceGrpc.class) {
        if ((getPurgeDeadLettersMethod = MessageServiceGrpc.getPurgeDeadLettersMethod) == null) {
          MessageServiceGrpc.getPurgeDeadLettersMethod = getPurgeDeadLettersMethod =
              io.grpc.MethodDescriptor.<io.agentbus.v1.PurgeDeadLettersRequest, io.agentbus.v1.PurgeDeadLettersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PurgeDeadLetters"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.PurgeDeadLettersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.agentbus.v1.PurgeDeadLettersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new MessageServiceMethodDescriptorSupplier("PurgeDeadLetters"))
              .build();
        }
      }
    }
    return getPurgeDeadLettersMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static MessageServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceStub>() {
        @java.lang.Override
        public MessageServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceStub(channel, callOptions);
        }
      };
    return MessageServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static MessageServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingV2Stub>() {
        @java.lang.Override
        public MessageServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return MessageServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static MessageServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceBlockingStub>() {
        @java.lang.Override
        public MessageServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceBlockingStub(channel, callOptions);
        }
      };
    return MessageServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static MessageServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<MessageServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<MessageServiceFutureStub>() {
        @java.lang.Override
        public MessageServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new MessageServiceFutureStub(channel, callOptions);
        }
      };
    return MessageServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Accepts a message: when the call returns, it is on disk.
     * Waits for the recipient only with DELIVERY_MODE_SYNC. Errors: PERMISSION_DENIED (AGENT_NOT_ALLOWED), NOT_FOUND
     * (SESSION_NOT_FOUND, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND), ALREADY_EXISTS (MESSAGE_ID_REUSED, TASK_ID_TAKEN),
     * FAILED_PRECONDITION (SESSION_ENDED, TASK_ENDED), RESOURCE_EXHAUSTED (MAILBOX_FULL, MESSAGE_TOO_LARGE,
     * LIMIT_REACHED); with DELIVERY_MODE_SYNC also DEADLINE_EXCEEDED (TASK_TIMED_OUT when the task did,
     * DEADLINE_EXCEEDED when the wait was over before it) and ABORTED (TASK_CANCELLED): the message is on disk then,
     * and a repeat of the call waits again.
     * </pre>
     */
    default void sendMessage(io.agentbus.v1.SendMessageRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.SendMessageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSendMessageMethod(), responseObserver);
    }

    /**
     * <pre>
     * Leases messages from an agent's mailbox; waits for the first one if there is none.
     * A call that is cancelled before its answer left returns its leases at once. An agent that nobody
     * has written to has an empty mailbox; it need not be registered.
     * </pre>
     */
    default void receiveMessages(io.agentbus.v1.ReceiveMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ReceiveMessagesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getReceiveMessagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Settles deliveries for good: when the call returns, that is on disk.
     * </pre>
     */
    default void acknowledgeMessages(io.agentbus.v1.AcknowledgeMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AcknowledgeMessagesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAcknowledgeMessagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Gives deliveries back to the mailbox, or up to the dead letters.
     * </pre>
     */
    default void rejectMessages(io.agentbus.v1.RejectMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RejectMessagesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRejectMessagesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Keeps deliveries for another lease from now.
     * </pre>
     */
    default void extendLeases(io.agentbus.v1.ExtendLeasesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ExtendLeasesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExtendLeasesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Tells a sender where its message is.
     * NOT_FOUND (MESSAGE_NOT_FOUND) if it was never accepted, or is forgotten: a message that has ended is remembered for
     * 24 hours, unless the operator chose otherwise.
     * </pre>
     */
    default void getMessageStatus(io.agentbus.v1.GetMessageStatusRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetMessageStatusResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetMessageStatusMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the messages that the bus gave up delivering to an agent.
     * Messages that expired or were taken back are none of these: nobody wants them any more. Errors: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
     * </pre>
     */
    default void listDeadLetters(io.agentbus.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDeadLettersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Puts dead letters back into their mailbox: the caller has decided that they are still wanted.
     * When the call returns, that is on disk. Each message goes behind all that waits in its priority, as if it were
     * accepted now, with a fresh count of deliveries and without its expiry, and whatever became of its session. Its first
     * delivery says REDELIVERY_REASON_REJECTED, because it may have been worked on before. It is no dead letter any more; if
     * it is given up again, it becomes a new one. GetMessageStatus has a second entry for it, beside the one that says
     * DEAD_LETTERED, and the sender goes on getting the receipts that it asked for, from DELIVERED on.
     * A TASK_REQUEST comes back as a plain message: its attempt has failed, and nothing that happens to this mail changes
     * the task. An answer counts like any other: it ends the task if that is open and with this agent, as when the request
     * is being tried again there, and is recorded as late otherwise. While the task is open and with this agent, its end,
     * and the end of the attempt, take this mail back too, so that work is not done for nobody.
     * All or nothing: RESOURCE_EXHAUSTED (MAILBOX_FULL) if the mailbox has no room for all of them together. Ids that name no
     * dead letter of this agent are passed over, so that a repeat of the call does no harm. Errors also: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED).
     * </pre>
     */
    default void redeliverDeadLetters(io.agentbus.v1.RedeliverDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RedeliverDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRedeliverDeadLettersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes dead letters: when the call returns, that is on disk.
     * Ids that name no dead letter of this agent are passed over. GetMessageStatus still says DEAD_LETTERED. Errors:
     * PERMISSION_DENIED (AGENT_NOT_ALLOWED).
     * </pre>
     */
    default void purgeDeadLetters(io.agentbus.v1.PurgeDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.PurgeDeadLettersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPurgeDeadLettersMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service MessageService.
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public static abstract class MessageServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return MessageServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service MessageService.
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public static final class MessageServiceStub
      extends io.grpc.stub.AbstractAsyncStub<MessageServiceStub> {
    private MessageServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Accepts a message: when the call returns, it is on disk.
     * Waits for the recipient only with DELIVERY_MODE_SYNC. Errors: PERMISSION_DENIED (AGENT_NOT_ALLOWED), NOT_FOUND
     * (SESSION_NOT_FOUND, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND), ALREADY_EXISTS (MESSAGE_ID_REUSED, TASK_ID_TAKEN),
     * FAILED_PRECONDITION (SESSION_ENDED, TASK_ENDED), RESOURCE_EXHAUSTED (MAILBOX_FULL, MESSAGE_TOO_LARGE,
     * LIMIT_REACHED); with DELIVERY_MODE_SYNC also DEADLINE_EXCEEDED (TASK_TIMED_OUT when the task did,
     * DEADLINE_EXCEEDED when the wait was over before it) and ABORTED (TASK_CANCELLED): the message is on disk then,
     * and a repeat of the call waits again.
     * </pre>
     */
    public void sendMessage(io.agentbus.v1.SendMessageRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.SendMessageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSendMessageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Leases messages from an agent's mailbox; waits for the first one if there is none.
     * A call that is cancelled before its answer left returns its leases at once. An agent that nobody
     * has written to has an empty mailbox; it need not be registered.
     * </pre>
     */
    public void receiveMessages(io.agentbus.v1.ReceiveMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ReceiveMessagesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getReceiveMessagesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Settles deliveries for good: when the call returns, that is on disk.
     * </pre>
     */
    public void acknowledgeMessages(io.agentbus.v1.AcknowledgeMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.AcknowledgeMessagesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAcknowledgeMessagesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Gives deliveries back to the mailbox, or up to the dead letters.
     * </pre>
     */
    public void rejectMessages(io.agentbus.v1.RejectMessagesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RejectMessagesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRejectMessagesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Keeps deliveries for another lease from now.
     * </pre>
     */
    public void extendLeases(io.agentbus.v1.ExtendLeasesRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ExtendLeasesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExtendLeasesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Tells a sender where its message is.
     * NOT_FOUND (MESSAGE_NOT_FOUND) if it was never accepted, or is forgotten: a message that has ended is remembered for
     * 24 hours, unless the operator chose otherwise.
     * </pre>
     */
    public void getMessageStatus(io.agentbus.v1.GetMessageStatusRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.GetMessageStatusResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetMessageStatusMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the messages that the bus gave up delivering to an agent.
     * Messages that expired or were taken back are none of these: nobody wants them any more. Errors: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
     * </pre>
     */
    public void listDeadLetters(io.agentbus.v1.ListDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.ListDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Puts dead letters back into their mailbox: the caller has decided that they are still wanted.
     * When the call returns, that is on disk. Each message goes behind all that waits in its priority, as if it were
     * accepted now, with a fresh count of deliveries and without its expiry, and whatever became of its session. Its first
     * delivery says REDELIVERY_REASON_REJECTED, because it may have been worked on before. It is no dead letter any more; if
     * it is given up again, it becomes a new one. GetMessageStatus has a second entry for it, beside the one that says
     * DEAD_LETTERED, and the sender goes on getting the receipts that it asked for, from DELIVERED on.
     * A TASK_REQUEST comes back as a plain message: its attempt has failed, and nothing that happens to this mail changes
     * the task. An answer counts like any other: it ends the task if that is open and with this agent, as when the request
     * is being tried again there, and is recorded as late otherwise. While the task is open and with this agent, its end,
     * and the end of the attempt, take this mail back too, so that work is not done for nobody.
     * All or nothing: RESOURCE_EXHAUSTED (MAILBOX_FULL) if the mailbox has no room for all of them together. Ids that name no
     * dead letter of this agent are passed over, so that a repeat of the call does no harm. Errors also: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public void redeliverDeadLetters(io.agentbus.v1.RedeliverDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.RedeliverDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRedeliverDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes dead letters: when the call returns, that is on disk.
     * Ids that name no dead letter of this agent are passed over. GetMessageStatus still says DEAD_LETTERED. Errors:
     * PERMISSION_DENIED (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public void purgeDeadLetters(io.agentbus.v1.PurgeDeadLettersRequest request,
        io.grpc.stub.StreamObserver<io.agentbus.v1.PurgeDeadLettersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPurgeDeadLettersMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service MessageService.
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public static final class MessageServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<MessageServiceBlockingV2Stub> {
    private MessageServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Accepts a message: when the call returns, it is on disk.
     * Waits for the recipient only with DELIVERY_MODE_SYNC. Errors: PERMISSION_DENIED (AGENT_NOT_ALLOWED), NOT_FOUND
     * (SESSION_NOT_FOUND, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND), ALREADY_EXISTS (MESSAGE_ID_REUSED, TASK_ID_TAKEN),
     * FAILED_PRECONDITION (SESSION_ENDED, TASK_ENDED), RESOURCE_EXHAUSTED (MAILBOX_FULL, MESSAGE_TOO_LARGE,
     * LIMIT_REACHED); with DELIVERY_MODE_SYNC also DEADLINE_EXCEEDED (TASK_TIMED_OUT when the task did,
     * DEADLINE_EXCEEDED when the wait was over before it) and ABORTED (TASK_CANCELLED): the message is on disk then,
     * and a repeat of the call waits again.
     * </pre>
     */
    public io.agentbus.v1.SendMessageResponse sendMessage(io.agentbus.v1.SendMessageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSendMessageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Leases messages from an agent's mailbox; waits for the first one if there is none.
     * A call that is cancelled before its answer left returns its leases at once. An agent that nobody
     * has written to has an empty mailbox; it need not be registered.
     * </pre>
     */
    public io.agentbus.v1.ReceiveMessagesResponse receiveMessages(io.agentbus.v1.ReceiveMessagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getReceiveMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settles deliveries for good: when the call returns, that is on disk.
     * </pre>
     */
    public io.agentbus.v1.AcknowledgeMessagesResponse acknowledgeMessages(io.agentbus.v1.AcknowledgeMessagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAcknowledgeMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives deliveries back to the mailbox, or up to the dead letters.
     * </pre>
     */
    public io.agentbus.v1.RejectMessagesResponse rejectMessages(io.agentbus.v1.RejectMessagesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRejectMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Keeps deliveries for another lease from now.
     * </pre>
     */
    public io.agentbus.v1.ExtendLeasesResponse extendLeases(io.agentbus.v1.ExtendLeasesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExtendLeasesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells a sender where its message is.
     * NOT_FOUND (MESSAGE_NOT_FOUND) if it was never accepted, or is forgotten: a message that has ended is remembered for
     * 24 hours, unless the operator chose otherwise.
     * </pre>
     */
    public io.agentbus.v1.GetMessageStatusResponse getMessageStatus(io.agentbus.v1.GetMessageStatusRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetMessageStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the messages that the bus gave up delivering to an agent.
     * Messages that expired or were taken back are none of these: nobody wants them any more. Errors: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
     * </pre>
     */
    public io.agentbus.v1.ListDeadLettersResponse listDeadLetters(io.agentbus.v1.ListDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Puts dead letters back into their mailbox: the caller has decided that they are still wanted.
     * When the call returns, that is on disk. Each message goes behind all that waits in its priority, as if it were
     * accepted now, with a fresh count of deliveries and without its expiry, and whatever became of its session. Its first
     * delivery says REDELIVERY_REASON_REJECTED, because it may have been worked on before. It is no dead letter any more; if
     * it is given up again, it becomes a new one. GetMessageStatus has a second entry for it, beside the one that says
     * DEAD_LETTERED, and the sender goes on getting the receipts that it asked for, from DELIVERED on.
     * A TASK_REQUEST comes back as a plain message: its attempt has failed, and nothing that happens to this mail changes
     * the task. An answer counts like any other: it ends the task if that is open and with this agent, as when the request
     * is being tried again there, and is recorded as late otherwise. While the task is open and with this agent, its end,
     * and the end of the attempt, take this mail back too, so that work is not done for nobody.
     * All or nothing: RESOURCE_EXHAUSTED (MAILBOX_FULL) if the mailbox has no room for all of them together. Ids that name no
     * dead letter of this agent are passed over, so that a repeat of the call does no harm. Errors also: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public io.agentbus.v1.RedeliverDeadLettersResponse redeliverDeadLetters(io.agentbus.v1.RedeliverDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRedeliverDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes dead letters: when the call returns, that is on disk.
     * Ids that name no dead letter of this agent are passed over. GetMessageStatus still says DEAD_LETTERED. Errors:
     * PERMISSION_DENIED (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public io.agentbus.v1.PurgeDeadLettersResponse purgeDeadLetters(io.agentbus.v1.PurgeDeadLettersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPurgeDeadLettersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service MessageService.
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public static final class MessageServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<MessageServiceBlockingStub> {
    private MessageServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Accepts a message: when the call returns, it is on disk.
     * Waits for the recipient only with DELIVERY_MODE_SYNC. Errors: PERMISSION_DENIED (AGENT_NOT_ALLOWED), NOT_FOUND
     * (SESSION_NOT_FOUND, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND), ALREADY_EXISTS (MESSAGE_ID_REUSED, TASK_ID_TAKEN),
     * FAILED_PRECONDITION (SESSION_ENDED, TASK_ENDED), RESOURCE_EXHAUSTED (MAILBOX_FULL, MESSAGE_TOO_LARGE,
     * LIMIT_REACHED); with DELIVERY_MODE_SYNC also DEADLINE_EXCEEDED (TASK_TIMED_OUT when the task did,
     * DEADLINE_EXCEEDED when the wait was over before it) and ABORTED (TASK_CANCELLED): the message is on disk then,
     * and a repeat of the call waits again.
     * </pre>
     */
    public io.agentbus.v1.SendMessageResponse sendMessage(io.agentbus.v1.SendMessageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSendMessageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Leases messages from an agent's mailbox; waits for the first one if there is none.
     * A call that is cancelled before its answer left returns its leases at once. An agent that nobody
     * has written to has an empty mailbox; it need not be registered.
     * </pre>
     */
    public io.agentbus.v1.ReceiveMessagesResponse receiveMessages(io.agentbus.v1.ReceiveMessagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getReceiveMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Settles deliveries for good: when the call returns, that is on disk.
     * </pre>
     */
    public io.agentbus.v1.AcknowledgeMessagesResponse acknowledgeMessages(io.agentbus.v1.AcknowledgeMessagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAcknowledgeMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Gives deliveries back to the mailbox, or up to the dead letters.
     * </pre>
     */
    public io.agentbus.v1.RejectMessagesResponse rejectMessages(io.agentbus.v1.RejectMessagesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRejectMessagesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Keeps deliveries for another lease from now.
     * </pre>
     */
    public io.agentbus.v1.ExtendLeasesResponse extendLeases(io.agentbus.v1.ExtendLeasesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExtendLeasesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Tells a sender where its message is.
     * NOT_FOUND (MESSAGE_NOT_FOUND) if it was never accepted, or is forgotten: a message that has ended is remembered for
     * 24 hours, unless the operator chose otherwise.
     * </pre>
     */
    public io.agentbus.v1.GetMessageStatusResponse getMessageStatus(io.agentbus.v1.GetMessageStatusRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetMessageStatusMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the messages that the bus gave up delivering to an agent.
     * Messages that expired or were taken back are none of these: nobody wants them any more. Errors: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
     * </pre>
     */
    public io.agentbus.v1.ListDeadLettersResponse listDeadLetters(io.agentbus.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Puts dead letters back into their mailbox: the caller has decided that they are still wanted.
     * When the call returns, that is on disk. Each message goes behind all that waits in its priority, as if it were
     * accepted now, with a fresh count of deliveries and without its expiry, and whatever became of its session. Its first
     * delivery says REDELIVERY_REASON_REJECTED, because it may have been worked on before. It is no dead letter any more; if
     * it is given up again, it becomes a new one. GetMessageStatus has a second entry for it, beside the one that says
     * DEAD_LETTERED, and the sender goes on getting the receipts that it asked for, from DELIVERED on.
     * A TASK_REQUEST comes back as a plain message: its attempt has failed, and nothing that happens to this mail changes
     * the task. An answer counts like any other: it ends the task if that is open and with this agent, as when the request
     * is being tried again there, and is recorded as late otherwise. While the task is open and with this agent, its end,
     * and the end of the attempt, take this mail back too, so that work is not done for nobody.
     * All or nothing: RESOURCE_EXHAUSTED (MAILBOX_FULL) if the mailbox has no room for all of them together. Ids that name no
     * dead letter of this agent are passed over, so that a repeat of the call does no harm. Errors also: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public io.agentbus.v1.RedeliverDeadLettersResponse redeliverDeadLetters(io.agentbus.v1.RedeliverDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRedeliverDeadLettersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes dead letters: when the call returns, that is on disk.
     * Ids that name no dead letter of this agent are passed over. GetMessageStatus still says DEAD_LETTERED. Errors:
     * PERMISSION_DENIED (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public io.agentbus.v1.PurgeDeadLettersResponse purgeDeadLetters(io.agentbus.v1.PurgeDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPurgeDeadLettersMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service MessageService.
   * <pre>
   * Messages by single calls: everything that AgentStream does with them, for `curl` and scripts.
   * </pre>
   */
  public static final class MessageServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<MessageServiceFutureStub> {
    private MessageServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected MessageServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new MessageServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Accepts a message: when the call returns, it is on disk.
     * Waits for the recipient only with DELIVERY_MODE_SYNC. Errors: PERMISSION_DENIED (AGENT_NOT_ALLOWED), NOT_FOUND
     * (SESSION_NOT_FOUND, RECIPIENT_NOT_FOUND, TASK_NOT_FOUND), ALREADY_EXISTS (MESSAGE_ID_REUSED, TASK_ID_TAKEN),
     * FAILED_PRECONDITION (SESSION_ENDED, TASK_ENDED), RESOURCE_EXHAUSTED (MAILBOX_FULL, MESSAGE_TOO_LARGE,
     * LIMIT_REACHED); with DELIVERY_MODE_SYNC also DEADLINE_EXCEEDED (TASK_TIMED_OUT when the task did,
     * DEADLINE_EXCEEDED when the wait was over before it) and ABORTED (TASK_CANCELLED): the message is on disk then,
     * and a repeat of the call waits again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.SendMessageResponse> sendMessage(
        io.agentbus.v1.SendMessageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSendMessageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Leases messages from an agent's mailbox; waits for the first one if there is none.
     * A call that is cancelled before its answer left returns its leases at once. An agent that nobody
     * has written to has an empty mailbox; it need not be registered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ReceiveMessagesResponse> receiveMessages(
        io.agentbus.v1.ReceiveMessagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getReceiveMessagesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Settles deliveries for good: when the call returns, that is on disk.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.AcknowledgeMessagesResponse> acknowledgeMessages(
        io.agentbus.v1.AcknowledgeMessagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAcknowledgeMessagesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Gives deliveries back to the mailbox, or up to the dead letters.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.RejectMessagesResponse> rejectMessages(
        io.agentbus.v1.RejectMessagesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRejectMessagesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Keeps deliveries for another lease from now.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ExtendLeasesResponse> extendLeases(
        io.agentbus.v1.ExtendLeasesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExtendLeasesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Tells a sender where its message is.
     * NOT_FOUND (MESSAGE_NOT_FOUND) if it was never accepted, or is forgotten: a message that has ended is remembered for
     * 24 hours, unless the operator chose otherwise.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.GetMessageStatusResponse> getMessageStatus(
        io.agentbus.v1.GetMessageStatusRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetMessageStatusMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the messages that the bus gave up delivering to an agent.
     * Messages that expired or were taken back are none of these: nobody wants them any more. Errors: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED), INVALID_ARGUMENT (PAGE_TOKEN_INVALID).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.ListDeadLettersResponse> listDeadLetters(
        io.agentbus.v1.ListDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDeadLettersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Puts dead letters back into their mailbox: the caller has decided that they are still wanted.
     * When the call returns, that is on disk. Each message goes behind all that waits in its priority, as if it were
     * accepted now, with a fresh count of deliveries and without its expiry, and whatever became of its session. Its first
     * delivery says REDELIVERY_REASON_REJECTED, because it may have been worked on before. It is no dead letter any more; if
     * it is given up again, it becomes a new one. GetMessageStatus has a second entry for it, beside the one that says
     * DEAD_LETTERED, and the sender goes on getting the receipts that it asked for, from DELIVERED on.
     * A TASK_REQUEST comes back as a plain message: its attempt has failed, and nothing that happens to this mail changes
     * the task. An answer counts like any other: it ends the task if that is open and with this agent, as when the request
     * is being tried again there, and is recorded as late otherwise. While the task is open and with this agent, its end,
     * and the end of the attempt, take this mail back too, so that work is not done for nobody.
     * All or nothing: RESOURCE_EXHAUSTED (MAILBOX_FULL) if the mailbox has no room for all of them together. Ids that name no
     * dead letter of this agent are passed over, so that a repeat of the call does no harm. Errors also: PERMISSION_DENIED
     * (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.RedeliverDeadLettersResponse> redeliverDeadLetters(
        io.agentbus.v1.RedeliverDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRedeliverDeadLettersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes dead letters: when the call returns, that is on disk.
     * Ids that name no dead letter of this agent are passed over. GetMessageStatus still says DEAD_LETTERED. Errors:
     * PERMISSION_DENIED (AGENT_NOT_ALLOWED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.agentbus.v1.PurgeDeadLettersResponse> purgeDeadLetters(
        io.agentbus.v1.PurgeDeadLettersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPurgeDeadLettersMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SEND_MESSAGE = 0;
  private static final int METHODID_RECEIVE_MESSAGES = 1;
  private static final int METHODID_ACKNOWLEDGE_MESSAGES = 2;
  private static final int METHODID_REJECT_MESSAGES = 3;
  private static final int METHODID_EXTEND_LEASES = 4;
  private static final int METHODID_GET_MESSAGE_STATUS = 5;
  private static final int METHODID_LIST_DEAD_LETTERS = 6;
  private static final int METHODID_REDELIVER_DEAD_LETTERS = 7;
  private static final int METHODID_PURGE_DEAD_LETTERS = 8;

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
        case METHODID_SEND_MESSAGE:
          serviceImpl.sendMessage((io.agentbus.v1.SendMessageRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.SendMessageResponse>) responseObserver);
          break;
        case METHODID_RECEIVE_MESSAGES:
          serviceImpl.receiveMessages((io.agentbus.v1.ReceiveMessagesRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ReceiveMessagesResponse>) responseObserver);
          break;
        case METHODID_ACKNOWLEDGE_MESSAGES:
          serviceImpl.acknowledgeMessages((io.agentbus.v1.AcknowledgeMessagesRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.AcknowledgeMessagesResponse>) responseObserver);
          break;
        case METHODID_REJECT_MESSAGES:
          serviceImpl.rejectMessages((io.agentbus.v1.RejectMessagesRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.RejectMessagesResponse>) responseObserver);
          break;
        case METHODID_EXTEND_LEASES:
          serviceImpl.extendLeases((io.agentbus.v1.ExtendLeasesRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ExtendLeasesResponse>) responseObserver);
          break;
        case METHODID_GET_MESSAGE_STATUS:
          serviceImpl.getMessageStatus((io.agentbus.v1.GetMessageStatusRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.GetMessageStatusResponse>) responseObserver);
          break;
        case METHODID_LIST_DEAD_LETTERS:
          serviceImpl.listDeadLetters((io.agentbus.v1.ListDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.ListDeadLettersResponse>) responseObserver);
          break;
        case METHODID_REDELIVER_DEAD_LETTERS:
          serviceImpl.redeliverDeadLetters((io.agentbus.v1.RedeliverDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.RedeliverDeadLettersResponse>) responseObserver);
          break;
        case METHODID_PURGE_DEAD_LETTERS:
          serviceImpl.purgeDeadLetters((io.agentbus.v1.PurgeDeadLettersRequest) request,
              (io.grpc.stub.StreamObserver<io.agentbus.v1.PurgeDeadLettersResponse>) responseObserver);
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
          getSendMessageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.SendMessageRequest,
              io.agentbus.v1.SendMessageResponse>(
                service, METHODID_SEND_MESSAGE)))
        .addMethod(
          getReceiveMessagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ReceiveMessagesRequest,
              io.agentbus.v1.ReceiveMessagesResponse>(
                service, METHODID_RECEIVE_MESSAGES)))
        .addMethod(
          getAcknowledgeMessagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.AcknowledgeMessagesRequest,
              io.agentbus.v1.AcknowledgeMessagesResponse>(
                service, METHODID_ACKNOWLEDGE_MESSAGES)))
        .addMethod(
          getRejectMessagesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.RejectMessagesRequest,
              io.agentbus.v1.RejectMessagesResponse>(
                service, METHODID_REJECT_MESSAGES)))
        .addMethod(
          getExtendLeasesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ExtendLeasesRequest,
              io.agentbus.v1.ExtendLeasesResponse>(
                service, METHODID_EXTEND_LEASES)))
        .addMethod(
          getGetMessageStatusMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.GetMessageStatusRequest,
              io.agentbus.v1.GetMessageStatusResponse>(
                service, METHODID_GET_MESSAGE_STATUS)))
        .addMethod(
          getListDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.ListDeadLettersRequest,
              io.agentbus.v1.ListDeadLettersResponse>(
                service, METHODID_LIST_DEAD_LETTERS)))
        .addMethod(
          getRedeliverDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.RedeliverDeadLettersRequest,
              io.agentbus.v1.RedeliverDeadLettersResponse>(
                service, METHODID_REDELIVER_DEAD_LETTERS)))
        .addMethod(
          getPurgeDeadLettersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.agentbus.v1.PurgeDeadLettersRequest,
              io.agentbus.v1.PurgeDeadLettersResponse>(
                service, METHODID_PURGE_DEAD_LETTERS)))
        .build();
  }

  private static abstract class MessageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    MessageServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.agentbus.v1.MessageServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("MessageService");
    }
  }

  private static final class MessageServiceFileDescriptorSupplier
      extends MessageServiceBaseDescriptorSupplier {
    MessageServiceFileDescriptorSupplier() {}
  }

  private static final class MessageServiceMethodDescriptorSupplier
      extends MessageServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    MessageServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (MessageServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new MessageServiceFileDescriptorSupplier())
              .addMethod(getSendMessageMethod())
              .addMethod(getReceiveMessagesMethod())
              .addMethod(getAcknowledgeMessagesMethod())
              .addMethod(getRejectMessagesMethod())
              .addMethod(getExtendLeasesMethod())
              .addMethod(getGetMessageStatusMethod())
              .addMethod(getListDeadLettersMethod())
              .addMethod(getRedeliverDeadLettersMethod())
              .addMethod(getPurgeDeadLettersMethod())
              .build();
        }
      }
    }
    return result;
  }
}
