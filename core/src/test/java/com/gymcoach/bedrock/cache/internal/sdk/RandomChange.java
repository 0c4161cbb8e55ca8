package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;
import software.amazon.awssdk.utils.builder.ToCopyableBuilder;

/**
 * Changes one value of an object of the SDK's, at any depth, and tells where that is: by walking
 * the object itself, and not as the library does.
 */
final class RandomChange {
  /** Values that can be changed: those without parts, which are part of the key. */
  private final List<String> paths = new ArrayList<>();

  private final int target;
  private int at;

  private RandomChange(int target) {
    this.target = target;
  }

  /** Returns the path of each value that can be changed. */
  static List<String> paths(SdkPojo request) {
    RandomChange reading = new RandomChange(-1);
    reading.object(request, "");
    return reading.paths;
  }

  /** Returns the request with the value of one of its paths changed. */
  static SdkPojo change(SdkPojo request, int path) {
    return new RandomChange(path).object(request, "");
  }

  /** Returns two of a request's paths, the first one before the second. */
  static int[] two(Random random, int size) {
    int one = random.nextInt(size);
    int other = random.nextInt(size - 1);
    int second = other < one ? other : other + 1;
    return new int[] {Math.min(one, second), Math.max(one, second)};
  }

  private boolean isTarget(String path) {
    paths.add(path.startsWith(".") ? path.replaceFirst("\\.", "") : path);
    return at++ == target;
  }

  private SdkPojo object(SdkPojo pojo, String path) {
    String leftOut = FieldPlan.LEFT_OUT.get(pojo.getClass());
    List<SdkField<?>> fields = new ArrayList<>(pojo.sdkFields());
    fields.sort((one, other) -> one.locationName().compareTo(other.locationName()));
    SdkPojo builder = (SdkPojo) ((ToCopyableBuilder<?, ?>) pojo).toBuilder();
    for (SdkField<?> field : fields) {
      Object value = field.getValueOrDefault(pojo);
      if (!field.memberName().equals(leftOut) && FieldPlan.isPresent(value)) {
        Object changed = value(field, value, path + "." + field.locationName());
        if (changed != value) {
          field.set(builder, changed);
        }
      }
    }
    return (SdkPojo) ((Buildable) builder).build();
  }

  private @Nullable Object value(SdkField<?> type, @Nullable Object value, String path) {
    if (value == null) {
      return null;
    }
    return switch (type.marshallingType().getKnownType()) {
      case SDK_POJO -> object((SdkPojo) value, path);
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        SdkField<?> element = type.getTrait(ListTrait.class).memberFieldInfo();
        for (Object one : (List<?>) value) {
          list.add(value(element, one, path + "[" + list.size() + "]"));
        }
        yield list;
      }
      case MAP -> {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        SdkField<?> element = type.getTrait(MapTrait.class).valueFieldInfo();
        new TreeMap<>((Map<?, ?>) value)
            .forEach((name, one) -> map.put(name, value(element, one, path + named(name))));
        yield map;
      }
      case DOCUMENT -> document((Document) value, path);
      default -> isTarget(path) ? other(value) : value;
    };
  }

  private Document document(Document document, String path) {
    if (document.isMap()) {
      Map<String, Document> map = new LinkedHashMap<>();
      new TreeMap<>(document.asMap())
          .forEach((name, one) -> map.put(name, document(one, path + named(name))));
      return Document.fromMap(map);
    }
    if (document.isList()) {
      List<Document> list = new ArrayList<>();
      for (Document one : document.asList()) {
        list.add(document(one, path + "[" + list.size() + "]"));
      }
      return Document.fromList(list);
    }
    if (!isTarget(path)) {
      return document;
    }
    return document.isString()
        ? Document.fromString(document.asString() + "x")
        : Document.fromString("another");
  }

  /** A name that a caller chose is told if it can be no sentence. */
  private static String named(Object name) {
    return name.toString().matches("[A-Za-z_][A-Za-z0-9_-]{0,39}") ? "." + name : ".*";
  }

  private static Object other(Object value) {
    if (value instanceof String text) {
      return text + "x";
    } else if (value instanceof Integer number) {
      return number ^ 1;
    } else if (value instanceof Long number) {
      return number ^ 1;
    } else if (value instanceof Boolean flag) {
      return !flag;
    } else if (value instanceof Float number) {
      return number.isNaN() || number == 7 ? 1f : 7f;
    } else if (value instanceof Double number) {
      return number.isNaN() || number == 7 ? 1d : 7d;
    } else if (value instanceof SdkBytes bytes) {
      return SdkBytes.fromUtf8String("x" + bytes.asByteArray().length);
    }
    throw new AssertionError("A type that no test changes: " + value.getClass());
  }
}
