package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.gymcoach.bedrock.cache.internal.sdk.FieldTree.Kind;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree.Name;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree.Node;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalJson;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalWalk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;

/**
 * Walks over one call and makes its {@link FieldTree}. A top-level field has the digest of exactly
 * what {@link RequestWriter} writes of it into a key: two calls with different keys differ in at
 * least one of them. A part of a field has the digest of its own parts. Not thread-safe.
 */
final class FieldWalk {
  /** The deepest level that is compared by parts, in an SDK's object or a document. */
  private static final int MAX_LEVELS = 32;

  /** The most values that are visited. The fields in which there are more are not told apart. */
  private static final int MAX_VALUES = 20_000;

  /** A name of a caller's choice is told if it is a short identifier. */
  private static final int MAX_NAME = 40;

  private static final String UNTOLD = ".*";

  private final byte[] salt;
  private final KeyWriter out = new KeyWriter();
  private final RequestWriter values = new RequestWriter(out);
  private final List<Node> nodes = new ArrayList<>();
  private final List<Name> names = new ArrayList<>();
  private int level;
  private boolean tooMany;

  FieldWalk(byte[] salt) {
    this.salt = salt;
    begin(0, "", null);
  }

  void text(String name, @Nullable String value) {
    leaf(FieldDigests.id(name), "." + name, () -> out.string(value));
  }

  void bytes(String name, byte[] value) {
    leaf(FieldDigests.id(name), "." + name, () -> out.bytes(KeyWriter.BYTES, value, value.length));
  }

  void texts(String name, Map<String, @Nullable String> texts) {
    int at = begin(FieldDigests.id(name), "." + name, null);
    texts.forEach((key, text) -> leaf(secretId(key), segment(key), () -> out.string(text)));
    endWithParts(at, Kind.MAP);
  }

  /** Adds the fields of a request. */
  void request(SdkPojo request) {
    FieldPlan plan = FieldPlan.of(request);
    names.set(0, new Name("", plan));
    for (FieldPlan.Field field : plan.fields()) {
      Object value = field.field().getValueOrDefault(request);
      if (FieldPlan.isPresent(value)) {
        int at = begin(field);
        long whole;
        Kind kind;
        if (field.json()) {
          CanonicalJson body = body(value);
          whole = digest(() -> values.json(body));
          kind = json(body);
        } else {
          whole = digest(() -> values.value(field.field(), value));
          kind = parts(field.field(), value);
        }
        end(at, tooMany ? Kind.WHOLE : kind, whole);
      }
    }
  }

  /** Returns the tree, with at most {@code most} nodes below the top-level fields. */
  FieldTree tree(int most) {
    endWithParts(0, Kind.OBJECT);
    return FieldTree.of(nodes, names, most);
  }

  private int begin(FieldPlan.Field field) {
    String name = field.field().locationName();
    return begin(FieldDigests.id(name), "." + name, null);
  }

  private int begin(long id, String segment, @Nullable FieldPlan type) {
    tooMany |= nodes.size() == MAX_VALUES;
    nodes.add(new Node(id, Kind.LEAF, 0, 0));
    names.add(new Name(segment, type));
    return nodes.size() - 1;
  }

  private void end(int at, Kind kind, long digest) {
    if (tooMany) { // its parts were begun and not ended
      nodes.subList(at + 1, nodes.size()).clear();
      names.subList(at + 1, names.size()).clear();
    }
    nodes.set(at, new Node(nodes.get(at).id(), kind, digest, nodes.size()));
  }

  private void endWithParts(int at, Kind kind) {
    int end = nodes.size();
    long digest =
        digest(
            () -> {
              out.string(kind.name());
              for (int i = at + 1; i < end; i = nodes.get(i).end()) {
                out.int64(KeyWriter.LONG, nodes.get(i).id());
                out.int64(KeyWriter.LONG, nodes.get(i).digest());
              }
            });
    nodes.set(at, new Node(nodes.get(at).id(), kind, digest, end));
  }

  private void leaf(long id, String segment, Runnable value) {
    end(begin(id, segment, null), Kind.LEAF, digest(value));
  }

  /** Returns the digest of what is written. */
  private long digest(Runnable value) {
    out.raw(salt);
    value.run();
    return out.digest().first();
  }

  /** Returns the id of a field whose name a caller chose. */
  private long secretId(@Nullable String name) {
    return digest(() -> out.string(name));
  }

  // Each of these adds the parts of the value whose node was begun last, and returns its kind.

  private Kind parts(SdkField<?> type, @Nullable Object value) {
    return switch (type.marshallingType().getKnownType()) {
      case SDK_POJO -> within((SdkPojo) value, this::object);
      case LIST -> within((List<?>) value, list -> list(type, list));
      case MAP -> within((Map<?, ?>) value, map -> map(type, map));
      case DOCUMENT -> within((Document) value, this::document);
      default -> Kind.LEAF;
    };
  }

  private <T> Kind within(@Nullable T value, Function<T, Kind> parts) {
    if (value == null || tooMany || level == MAX_LEVELS) {
      return Kind.LEAF;
    }
    level++;
    Kind kind = parts.apply(value);
    level--;
    return kind;
  }

  private Kind object(SdkPojo pojo) {
    FieldPlan plan = FieldPlan.of(pojo);
    int self = nodes.size() - 1;
    names.set(self, new Name(names.get(self).segment(), plan));
    for (FieldPlan.Field field : plan.fields()) {
      Object value = field.field().getValueOrDefault(pojo);
      if (!FieldPlan.isPresent(value)) {
        continue;
      }
      int at = begin(field);
      if (field.json()) {
        CanonicalJson body = body(value);
        end(at, json(body), () -> values.json(body));
      } else {
        end(at, parts(field.field(), value), () -> values.value(field.field(), value));
      }
    }
    return Kind.OBJECT;
  }

  private Kind list(SdkField<?> type, List<?> list) {
    SdkField<?> elementType = type.getTrait(ListTrait.class).memberFieldInfo();
    int number = 0;
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      if (!(element instanceof SdkPojo pojo) || !FieldPlan.of(pojo).onlyLeftOut(pojo)) {
        int at = begin(number++, "[" + i + "]", null);
        end(at, parts(elementType, element), () -> values.value(elementType, element));
      }
    }
    return Kind.LIST;
  }

  private Kind map(SdkField<?> type, Map<?, ?> map) {
    SdkField<?> valueType = type.getTrait(MapTrait.class).valueFieldInfo();
    RequestWriter.sorted(map)
        .forEach(
            (name, value) -> {
              int at = begin(secretId(name), segment(name), null);
              end(at, parts(valueType, value), () -> values.value(valueType, value));
            });
    return Kind.MAP;
  }

  private Kind document(Document document) {
    if (document.isMap()) {
      RequestWriter.sorted(document.asMap())
          .forEach((name, value) -> inner(secretId(name), segment(name), value));
      return Kind.MAP;
    }
    if (document.isList()) {
      List<Document> list = document.asList();
      for (int i = 0; i < list.size(); i++) {
        inner(i, "[" + i + "]", list.get(i));
      }
      return Kind.LIST;
    }
    return Kind.LEAF;
  }

  private void inner(long id, String segment, @Nullable Document value) {
    int at = begin(id, segment, null);
    end(at, within(value, this::document), () -> values.document(value));
  }

  /** Ends a part: with the digest of its parts if it has any, otherwise with that of its value. */
  private void end(int at, Kind kind, Runnable value) {
    if (kind.hasParts() && !tooMany) {
      endWithParts(at, kind);
    } else {
      end(at, kind, digest(value));
    }
  }

  private static CanonicalJson body(Object value) {
    return CanonicalJson.of(((SdkBytes) value).asByteArrayUnsafe());
  }

  private Kind json(CanonicalJson body) {
    if (!body.canonical() || tooMany) {
      return Kind.LEAF;
    }
    CanonicalWalk walk = new CanonicalWalk(body);
    JsonParts parts = new JsonParts(walk.text());
    walk.tell(parts);
    return parts.kind;
  }

  /** Returns a name as a part of a path, or a placeholder if it may be a value. */
  private static String segment(@Nullable String name) {
    if (name == null || name.isEmpty() || name.length() > MAX_NAME) {
      return UNTOLD;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      boolean isOther = (c >= '0' && c <= '9') || c == '-';
      if (!isLetter && (i == 0 || !isOther)) {
        return UNTOLD;
      }
    }
    return "." + name;
  }

  /** An object or a list of a JSON text that has not ended. */
  private static final class Container {
    private final int at;
    private final Kind kind;
    private int elements;

    Container(int at, Kind kind) {
      this.at = at;
      this.kind = kind;
    }
  }

  /** Adds the parts of a JSON text. */
  private final class JsonParts implements CanonicalWalk.Visitor {
    private final byte[] text;
    private final int self = nodes.size() - 1;
    private final Deque<Container> open = new ArrayDeque<>();
    private long id;
    private String segment = "";
    private Kind kind = Kind.LEAF;

    JsonParts(byte[] text) {
      this.text = text;
    }

    @Override
    public void begin(boolean object) {
      if (tooMany) {
        return;
      }
      Kind of = object ? Kind.MAP : Kind.LIST;
      if (open.isEmpty()) {
        kind = of;
        open.push(new Container(self, of));
      } else {
        open.push(new Container(child(), of));
      }
    }

    @Override
    public void name(int from, int to) {
      byte[] name = Arrays.copyOfRange(text, from, to);
      id = digest(() -> out.bytes(KeyWriter.BYTES, name, name.length));
      segment = segment(new String(name, ISO_8859_1));
    }

    @Override
    public void scalar(int from, int to) {
      if (!tooMany && !open.isEmpty()) {
        int at = child();
        byte[] value = Arrays.copyOfRange(text, from, to);
        FieldWalk.this.end(
            at, Kind.LEAF, digest(() -> out.bytes(KeyWriter.BYTES, value, value.length)));
      }
    }

    @Override
    public void end() {
      if (!tooMany) {
        Container ended = open.pop();
        if (!open.isEmpty()) {
          endWithParts(ended.at, ended.kind);
        }
      }
    }

    private int child() {
      Container in = open.element();
      if (in.kind == Kind.LIST) {
        int number = in.elements++;
        return FieldWalk.this.begin(number, "[" + number + "]", null);
      }
      return FieldWalk.this.begin(id, segment, null);
    }
  }
}
