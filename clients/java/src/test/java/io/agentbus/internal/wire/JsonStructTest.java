package io.agentbus.internal.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.v1.AgentStreamResponse;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.DeliveryFrame;
import io.agentbus.v1.Envelope;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goal: JSON comes back as it went, or is refused. Method: there and back. */
class JsonStructTest {
  @Test
  void keepsEveryKindOfValue() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("null", null);
    object.put("true", true);
    object.put("text", "Grüße 👋");
    object.put("whole", 42L);
    object.put("largest", 1L << 53);
    object.put("smallest", -(1L << 53));
    object.put("beyond", 1e300);
    object.put("fraction", 0.1);
    object.put("negative zero", -0.0);
    object.put("list", Arrays.asList(1L, null, List.of(), Map.of("a", false)));
    object.put("empty", Map.of());
    assertEquals(object, JsonStruct.toMap(JsonStruct.toStruct(object)));
  }

  @Test
  void takesNumbersOfAllTypes() {
    Map<String, Object> object =
        Map.of("i", 7, "b", (byte) 1, "f", 0.5f, "d", new BigDecimal("0.25"), "n", BigInteger.TWO);
    assertEquals(
        Map.of("i", 7L, "b", 1L, "f", 0.5, "d", 0.25, "n", 2L),
        JsonStruct.toMap(JsonStruct.toStruct(object)));
  }

  static List<Object> refused() {
    return List.of(
        (1L << 53) + 1,
        Long.MAX_VALUE,
        new BigInteger("123456789012345678901"),
        Double.NaN,
        Double.POSITIVE_INFINITY,
        new Object(),
        Map.of(1, "a key that is no text"),
        nested(30));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWhatWouldNotArrive(Object value) {
    AgentbusException error =
        assertThrows(AgentbusException.class, () -> JsonStruct.toStruct(Map.of("value", value)));
    assertEquals(StatusCode.INVALID_ARGUMENT, error.code());
  }

  @Test
  void canBeReadAtTheGreatestDepth() throws InvalidProtocolBufferException {
    Struct deepest = JsonStruct.toStruct(Map.of("value", nested(29)));
    AgentStreamResponse frame =
        AgentStreamResponse.newBuilder()
            .setDelivery(
                DeliveryFrame.newBuilder()
                    .addDeliveries(
                        Delivery.newBuilder()
                            .setMessage(Envelope.newBuilder().setPayload(deepest))))
            .build();
    assertEquals(frame, AgentStreamResponse.parseFrom(frame.toByteString()));
  }

  private static Object nested(int levels) {
    Object value = 1L;
    for (int level = 0; level < levels; level++) {
      value = Map.of("a", value);
    }
    return value;
  }
}
