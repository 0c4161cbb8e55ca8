package com.gymcoach.bedrock.cache.internal.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/** Random objects of any shape of the SDK's, found by walking its model, and what was in them. */
public final class RandomPojo {
  private static final String[] TEXTS = {
    "",
    "a",
    "null",
    "end_turn",
    "a_value_that_no_enum_has",
    "é ключ 日本 \uffff",
    "\ud83d\ude00 \ud83d\udc69\u200d\ud83d\ude92",
    "\u0000\u0001\u001f\u007f\u2028",
    "\"quoted\" \\ / \b\f\n\r\t",
    "a text longer than a buffer's short form \ud83d\ude00 ".repeat(200),
  };
  private static final double[] DOUBLES = {
    0d,
    -0d,
    0.1,
    0x1p53,
    Math.nextUp(1e22),
    Math.nextDown(Double.MIN_NORMAL),
    Double.MIN_VALUE,
    Double.MAX_VALUE,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "1.0",
    "1.00",
    "1e3",
    "1E+3",
    "1000",
    "9007199254740993",
    "123456789012345678901234567890",
    "0.1000000000000000055511151231257827",
    "-1.5e-400",
    "1e400"
  };
  private static final int[] INTEGERS = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE};
  private static final long[] LONGS = {0, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE};

  private final Random random;
  private final Set<String> seen;

  /**
   * Makes objects.
   *
   * @param seen receives the members that were set, as {@link #members} names them
   */
  public RandomPojo(Random random, Set<String> seen) {
    this.random = random;
    this.seen = seen;
  }

  /** Returns the name of every member that an object of a class can have, however deep. */
  public static Set<String> members(Supplier<SdkPojo> builder) {
    Set<String> members = new TreeSet<>();
    collect(builder, members);
    return members;
  }

  private static void collect(Supplier<SdkPojo> builder, Set<String> members) {
    for (SdkField<?> field : builder.get().sdkFields()) {
      if (members.add(name(builder.get(), field))) {
        SdkField<?> innermost = innermost(field);
        if (innermost.constructor() != null) {
          collect(innermost.constructor(), members);
        }
      }
    }
  }

  private static String name(SdkPojo builder, SdkField<?> field) {
    return build(builder).getClass().getSimpleName() + "." + field.memberName();
  }

  private static SdkField<?> innermost(SdkField<?> field) {
    return switch (field.marshallingType().getKnownType()) {
      case LIST, MAP -> innermost(element(field));
      default -> field;
    };
  }

  private static SdkField<?> element(SdkField<?> field) {
    ListTrait list = field.getTrait(ListTrait.class);
    return list != null
        ? list.memberFieldInfo()
        : field.getRequiredTrait(MapTrait.class).valueFieldInfo();
  }

  private static SdkPojo build(SdkPojo builder) {
    return (SdkPojo) ((Buildable) builder).build();
  }

  /** Returns an object with some of its members, one where it is a union. */
  public SdkPojo next(Supplier<SdkPojo> constructor) {
    SdkPojo builder = constructor.get();
    List<SdkField<?>> fields = builder.sdkFields();
    if (!fields.isEmpty() && random.nextInt(20) > 0) {
      SdkField<?> always = fields.get(random.nextInt(fields.size()));
      boolean union = isUnion(builder);
      for (SdkField<?> field : fields) {
        if (field == always || (!union && random.nextInt(3) == 0)) {
          seen.add(name(constructor.get(), field));
          field.set(builder, value(field));
        }
      }
    }
    return build(builder);
  }

  /** The SDK gives a union an enum of its members. */
  private static boolean isUnion(SdkPojo builder) {
    return Arrays.stream(build(builder).getClass().getDeclaredClasses())
        .anyMatch(c -> c.isEnum() && c.getSimpleName().equals("Type"));
  }

  private Object value(SdkField<?> field) {
    return switch (field.marshallingType().getKnownType()) {
      case STRING -> text();
      case INTEGER -> INTEGERS[random.nextInt(INTEGERS.length)];
      case LONG -> LONGS[random.nextInt(LONGS.length)];
      case DOUBLE ->
          random.nextBoolean()
              ? DOUBLES[random.nextInt(DOUBLES.length)]
              : random.nextGaussian() * random.nextInt();
      case FLOAT -> (float) random.nextGaussian();
      case BOOLEAN -> random.nextBoolean();
      case SDK_BYTES -> bytes();
      case DOCUMENT -> document(4);
      case SDK_POJO -> next(field.constructor());
      case LIST -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(value(element(field)));
        }
        yield list;
      }
      case MAP -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(text(), value(element(field)));
        }
        yield map;
      }
      default ->
          throw new AssertionError("A type that no test makes values of: " + field.memberName());
    };
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private SdkBytes bytes() {
    byte[] bytes = new byte[random.nextInt(5)];
    random.nextBytes(bytes);
    return SdkBytes.fromByteArrayUnsafe(bytes);
  }

  private Document document(int levels) {
    return switch (random.nextInt(levels == 0 ? 4 : 7)) {
      case 0 -> Document.fromNull();
      case 1 -> Document.fromBoolean(random.nextBoolean());
      case 2 -> Document.fromString(text());
      case 3 -> Document.fromNumber(NUMBERS[random.nextInt(NUMBERS.length)]);
      case 4 -> {
        List<Document> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(document(levels - 1));
        }
        yield Document.fromList(list);
      }
      default -> {
        Map<String, Document> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          map.put(text(), document(levels - 1));
        }
        yield Document.fromMap(map);
      }
    };
  }
}
