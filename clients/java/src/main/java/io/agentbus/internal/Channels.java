package io.agentbus.internal;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Connections to one bus in the name of one agent. */
public final class Channels {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> AGENT_ID =
      Metadata.Key.of("x-agent-id", Metadata.ASCII_STRING_MARSHALLER);

  private final String host;
  private final int port;
  private final ChannelCredentials credentials;
  private final ClientInterceptor bearer;

  /**
   * Looks at the address and reads the CA file; connects to nothing.
   *
   * @param caFile certificates to trust, PEM; null for those that the Java runtime trusts
   * @throws AgentbusException INVALID_ARGUMENT if one of them is wrong
   */
  public Channels(String address, String apiKey, String agentId, Path caFile) {
    URI uri = parse(address);
    boolean isSecure = uri.getScheme().equalsIgnoreCase("https");
    host = uri.getHost();
    port = uri.getPort() >= 0 ? uri.getPort() : isSecure ? 443 : 80;
    credentials = isSecure ? secure(caFile) : InsecureChannelCredentials.create();
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + apiKey);
    headers.put(AGENT_ID, agentId);
    bearer = MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  /** A connection of its own, which is opened with the first call. */
  public ManagedChannel open() {
    return Grpc.newChannelBuilderForAddress(host, port, credentials)
        .intercept(bearer)
        .maxInboundMessageSize(Limits.MAX_RESPONSE_BYTES)
        // Pings find a connection that died without a word; only with calls open, so that an idle
        // client lets go.
        .keepAliveTime(Limits.PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(Limits.PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        // What may be repeated is known here and by the contract, not by gRPC.
        .disableRetry()
        .build();
  }

  private static URI parse(String address) {
    try {
      URI uri = new URI(address);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean isKnown = scheme.equals("http") || scheme.equals("https");
      boolean isHost =
          uri.getHost() != null && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
      if (isKnown && isHost) {
        return uri;
      }
      throw wrong(address, null);
    } catch (URISyntaxException malformed) {
      throw wrong(address, malformed);
    }
  }

  private static AgentbusException wrong(String address, Throwable cause) {
    return new AgentbusException(
        StatusCode.INVALID_ARGUMENT,
        null,
        "the address \"" + address + "\" is not like http://127.0.0.1:8080 or https://host",
        Map.of(),
        cause);
  }

  private static ChannelCredentials secure(Path caFile) {
    if (caFile == null) {
      return TlsChannelCredentials.create();
    }
    try {
      return TlsChannelCredentials.newBuilder().trustManager(caFile.toFile()).build();
    } catch (IOException unreadable) {
      throw new AgentbusException(
          StatusCode.INVALID_ARGUMENT,
          null,
          "the CA file " + caFile + " cannot be read: " + unreadable.getMessage(),
          Map.of(),
          unreadable);
    }
  }
}
