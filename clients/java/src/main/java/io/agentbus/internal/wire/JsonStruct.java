package io.agentbus.internal.wire;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.Limits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON objects between their two forms: {@code Map}, {@code List}, {@code String}, {@code Double},
 * {@code Long}, {@code Boolean} and null on one side, {@code google.protobuf.Struct} on the other.
 *
 * <p>The contract's numbers are doubles. A whole number that a double keeps exactly is a {@code
 * Long} here; one that it does not keep is refused instead of being changed on the way.
 */
public final class JsonStruct {
  private JsonStruct() {}

  /** Makes the form of the contract; fails with INVALID_ARGUMENT for what is not JSON. */
  public static Struct toStruct(Map<?, ?> object) {
    return toStruct(object, 1);
  }

  private static Struct toStruct(Map<?, ?> object, int depth) {
    checkDepth(depth);
    Struct.Builder struct = Struct.newBuilder();
    object.forEach(
        (key, value) -> {
          if (!(key instanceof String name)) {
            throw notJson("a key must be a text, and is " + key);
          }
          struct.putFields(name, toValue(value, depth + 1));
        });
    return struct.build();
  }

  private static Value toValue(Object value, int depth) {
    Value.Builder result = Value.newBuilder();
    if (value == null) {
      result.setNullValue(NullValue.NULL_VALUE);
    } else if (value instanceof CharSequence text) {
      result.setStringValue(text.toString());
    } else if (value instanceof Boolean bool) {
      result.setBoolValue(bool);
    } else if (value instanceof Number number) {
      result.setNumberValue(toDouble(number));
    } else if (value instanceof Map<?, ?> map) {
      result.setStructValue(toStruct(map, depth));
    } else if (value instanceof Iterable<?> items) {
      result.setListValue(toList(items, depth));
    } else if (value instanceof Object[] items) {
      result.setListValue(toList(Arrays.asList(items), depth));
    } else {
      throw notJson(value.getClass().getName() + " is not a value of JSON");
    }
    return result.build();
  }

  private static ListValue toList(Iterable<?> items, int depth) {
    checkDepth(depth);
    ListValue.Builder list = ListValue.newBuilder();
    items.forEach(item -> list.addValues(toValue(item, depth + 1)));
    return list.build();
  }

  private static double toDouble(Number number) {
    double value = number.doubleValue();
    if (!Double.isFinite(value)) {
      throw notJson(number + " is not a number of JSON");
    }
    if (isWhole(number) && !new BigDecimal(value).equals(new BigDecimal(number.toString()))) {
      throw notJson(number + " would be changed on the way, as numbers are doubles: send a text");
    }
    return value;
  }

  private static boolean isWhole(Number number) {
    // Smaller ones fit, and are by far the most frequent.
    if (number instanceof Long whole) {
      return Math.abs(whole) > Limits.MAX_EXACT_INTEGER || whole == Long.MIN_VALUE;
    }
    return number instanceof BigInteger;
  }

  private static void checkDepth(int depth) {
    if (depth > Limits.MAX_JSON_DEPTH) {
      throw notJson("it is nested deeper than " + Limits.MAX_JSON_DEPTH + " levels");
    }
  }

  private static AgentbusException notJson(String why) {
    return new AgentbusException(StatusCode.INVALID_ARGUMENT, "the payload cannot be sent: " + why);
  }

  /** Makes the form of the program: unmodifiable, in the order of the keys on the wire. */
  public static Map<String, Object> toMap(Struct struct) {
    Map<String, Object> map = new LinkedHashMap<>();
    struct.getFieldsMap().forEach((key, value) -> map.put(key, toObject(value)));
    return Collections.unmodifiableMap(map);
  }

  /** Makes the program's form of any value; null is null. */
  public static Object toObject(Value value) {
    return switch (value.getKindCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case NUMBER_VALUE -> toNumber(value.getNumberValue());
      case STRUCT_VALUE -> toMap(value.getStructValue());
      case LIST_VALUE -> toList(value.getListValue());
      case NULL_VALUE, KIND_NOT_SET -> null;
    };
  }

  private static List<Object> toList(ListValue list) {
    List<Object> items = new ArrayList<>(list.getValuesCount());
    for (Value item : list.getValuesList()) {
      items.add(toObject(item));
    }
    return Collections.unmodifiableList(items);
  }

  private static Number toNumber(double number) {
    boolean isWhole = number == Math.rint(number) && Math.abs(number) <= Limits.MAX_EXACT_INTEGER;
    boolean isNegativeZero = number == 0 && Double.doubleToRawLongBits(number) != 0;
    // No conditional expression: it would make a double of both.
    if (isWhole && !isNegativeZero) {
      return (long) number;
    }
    return number;
  }
}
