package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.PromptVariableValues;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** A random call, told by the strings it is made of. Absent parts have no entry. */
record Call(Map<Part, List<@Nullable String>> parts) {
  private static final String[] ALPHABET = {
    "",
    "a",
    "b",
    "ab",
    "ba",
    "user",
    "shared",
    "default",
    "null",
    "1",
    "1.0",
    "?",
    "\ud800",
    "\udc00",
    "\ud83d\ude00",
    "é",
    "\u0000",
    "\u0001",
    "\u0004\u0000\u0000\u0000\u0001a",
    "main",
    "a long text that does not fit into the short form of a string, which ends at 64 characters",
    "a long text that does not fit into the short form of a string, which ends at 64 characters\ud800",
    "a long text that does not fit into the short form of a string, which ends at 64 characters?"
  };

  /** The parts of a call. Each is absent or a list; a single value is a list of one. */
  enum Part {
    USER,
    ENDPOINT,
    VARY,
    DELEGATE,
    NAMESPACE,
    OPERATION,
    MODEL,
    SYSTEM,
    ROLE,
    TEXTS,
    TOOL_USE_ID,
    TOOL_NAME,
    TOOL_INPUT_LIST,
    TOOL_INPUT_MAP,
    STOP_SEQUENCES,
    GUARDRAIL_ID,
    GUARDRAIL_VERSION,
    PROMPT_VARIABLES,
    RESPONSE_PATHS;

    /** Has one value, which is not null. */
    boolean isSingle() {
      return switch (this) {
        case VARY,
            SYSTEM,
            TEXTS,
            TOOL_INPUT_LIST,
            TOOL_INPUT_MAP,
            STOP_SEQUENCES,
            PROMPT_VARIABLES,
            RESPONSE_PATHS ->
            false;
        default -> true;
      };
    }

    /** Names and values, alternating. */
    boolean isMap() {
      return this == VARY || this == TOOL_INPUT_MAP || this == PROMPT_VARIABLES;
    }

    boolean isAlwaysThere() {
      return this == DELEGATE || this == NAMESPACE || this == OPERATION || this == MODEL;
    }
  }

  private static final Part[] PARTS = Part.values();

  static Call random(Random random) {
    while (true) {
      Map<Part, List<@Nullable String>> parts = new EnumMap<>(Part.class);
      for (Part part : PARTS) {
        if (part.isAlwaysThere() || random.nextBoolean()) {
          int size = part.isSingle() ? 1 : random.nextInt(3) * (part.isMap() ? 2 : 1);
          parts.put(
              part, new ArrayList<>(Stream.generate(() -> text(random)).limit(size).toList()));
        }
      }
      Call call = new Call(parts);
      if (call.isPossible()) {
        return call;
      }
    }
  }

  private static String text(Random random) {
    return ALPHABET[random.nextInt(ALPHABET.length)];
  }

  /** Returns a call that differs as little as can be, or not at all, and may be impossible. */
  Call nearMiss(Random random) {
    Map<Part, List<@Nullable String>> other = new EnumMap<>(Part.class);
    parts.forEach((part, values) -> other.put(part, new ArrayList<>(values)));
    int at = random.nextInt(PARTS.length);
    Part part = PARTS[at];
    Part next = PARTS[(at + 1) % PARTS.length];
    List<@Nullable String> values = other.get(part);
    List<@Nullable String> nextValues = other.get(next);
    switch (random.nextInt(8)) {
      case 0 -> { // absent, empty, present
        if (values == null) {
          other.put(part, new ArrayList<>(part.isSingle() ? List.of("") : List.of()));
        } else {
          other.remove(part);
        }
      }
      case 1 -> { // a part and its neighbour change places
        if (values != null && nextValues != null) {
          other.put(part, nextValues);
          other.put(next, values);
        }
      }
      case 2 -> { // the last character moves into the neighbour
        if (values != null && nextValues != null && !values.isEmpty() && !nextValues.isEmpty()) {
          moveCharacter(values, values.size() - 1, nextValues, 0);
        }
      }
      case 3 -> { // the last element moves into the neighbour
        if (values != null && nextValues != null && !values.isEmpty()) {
          nextValues.add(0, values.remove(values.size() - 1));
        }
      }
      case 4 -> { // within a list, a character moves
        if (values != null && values.size() > 1) {
          moveCharacter(values, 0, values, 1);
        }
      }
      case 5 -> { // an element is split, or two become one
        if (values != null && values.size() > 1 && random.nextBoolean()) {
          String joined = Objects.requireNonNullElse(values.get(0), "") + values.get(1);
          values.remove(0);
          values.set(0, joined);
        } else if (values != null && !values.isEmpty() && values.get(0) != null) {
          String whole = values.get(0);
          int cut = random.nextInt(whole.length() + 1);
          values.set(0, whole.substring(0, cut));
          values.add(1, whole.substring(cut));
        }
      }
      case 6 -> { // null for a value
        if (values != null && !values.isEmpty()) {
          values.set(values.size() - 1, null);
        }
      }
      default -> { // another value
        if (values != null && !values.isEmpty()) {
          values.set(random.nextInt(values.size()), text(random));
        }
      }
    }
    return new Call(other);
  }

  private static void moveCharacter(
      List<@Nullable String> from, int i, List<@Nullable String> to, int j) {
    String giver = from.get(i);
    String taker = to.get(j);
    if (giver != null && taker != null && !giver.isEmpty()) {
      from.set(i, giver.substring(0, giver.length() - 1));
      to.set(j, giver.charAt(giver.length() - 1) + taker);
    }
  }

  boolean isPossible() {
    for (Part part : PARTS) {
      List<@Nullable String> values = parts.get(part);
      if (values == null ? part.isAlwaysThere() : !isPossible(part, values)) {
        return false;
      }
    }
    String endpoint = single(Part.ENDPOINT);
    return !Objects.equals(single(Part.USER), "")
        && (endpoint == null || endpoint.matches("[a-z0-9.]{1,64}"));
  }

  private static boolean isPossible(Part part, List<@Nullable String> values) {
    if (part.isSingle()) {
      return values.size() == 1 && values.get(0) != null;
    }
    if (!part.isMap()) {
      return true;
    }
    for (int i = 0; i < values.size(); i += 2) {
      if (values.get(i) == null) {
        return false;
      }
    }
    return values.size() % 2 == 0;
  }

  /** Returns what the key must tell: of a map not its order, and of an empty vary nothing. */
  Map<Part, Object> meaning() {
    Map<Part, Object> meaning = new EnumMap<>(Part.class);
    parts.forEach((part, values) -> meaning.put(part, part.isMap() ? pairs(part) : values));
    if (pairs(Part.VARY).isEmpty()) {
      meaning.remove(Part.VARY);
    }
    return meaning;
  }

  /** Returns the material of the call's key; its maps have either order. */
  KeyInput material(Random random) {
    String user = single(Part.USER);
    CacheScope scope = user == null ? CacheScope.shared() : CacheScope.user(user);
    String endpoint = single(Part.ENDPOINT);
    if (endpoint != null) {
      scope = scope.endpoint(endpoint);
    }
    for (Map.Entry<String, @Nullable String> pair : pairs(Part.VARY).entrySet()) {
      scope = scope.vary(pair.getKey(), pair.getValue());
    }
    return new KeyInput(
        required(Part.OPERATION),
        required(Part.DELEGATE),
        required(Part.NAMESPACE),
        scope,
        required(Part.MODEL),
        request(random));
  }

  private ConverseRequest request(Random random) {
    ConverseRequest.Builder request = ConverseRequest.builder();
    List<@Nullable String> system = parts.get(Part.SYSTEM);
    if (system != null) {
      request.system(
          system.stream().map(text -> SystemContentBlock.builder().text(text).build()).toList());
    }
    Message.Builder question = Message.builder().role(single(Part.ROLE));
    List<@Nullable String> texts = parts.get(Part.TEXTS);
    if (texts != null) {
      question.content(
          texts.stream().map(text -> ContentBlock.builder().text(text).build()).toList());
    }
    ContentBlock toolUse =
        ContentBlock.builder()
            .toolUse(
                tool ->
                    tool.toolUseId(single(Part.TOOL_USE_ID))
                        .name(single(Part.TOOL_NAME))
                        .input(input(random)))
            .build();
    request.messages(question.build(), Message.builder().content(toolUse).build());
    if (parts.containsKey(Part.PROMPT_VARIABLES)) {
      Map<String, PromptVariableValues> variables = new LinkedHashMap<>();
      inEitherOrder(Part.PROMPT_VARIABLES, random)
          .forEach((k, v) -> variables.put(k, PromptVariableValues.builder().text(v).build()));
      request.promptVariables(variables);
    }
    return request
        .inferenceConfig(config -> config.stopSequences(parts.get(Part.STOP_SEQUENCES)))
        .guardrailConfig(
            guardrail ->
                guardrail
                    .guardrailIdentifier(single(Part.GUARDRAIL_ID))
                    .guardrailVersion(single(Part.GUARDRAIL_VERSION)))
        .additionalModelResponseFieldPaths(parts.get(Part.RESPONSE_PATHS))
        .build();
  }

  private Document input(Random random) {
    List<@Nullable String> list = parts.get(Part.TOOL_INPUT_LIST);
    List<Document> input = new ArrayList<>();
    input.add(
        list == null
            ? Document.fromNull()
            : Document.fromList(list.stream().map(Call::document).toList()));
    if (parts.containsKey(Part.TOOL_INPUT_MAP)) {
      Map<String, Document> members = new LinkedHashMap<>();
      inEitherOrder(Part.TOOL_INPUT_MAP, random).forEach((k, v) -> members.put(k, document(v)));
      input.add(Document.fromMap(members));
    }
    return Document.fromList(input);
  }

  private static Document document(@Nullable String text) {
    return text == null ? Document.fromNull() : Document.fromString(text);
  }

  private Map<String, @Nullable String> pairs(Part part) {
    List<@Nullable String> values = parts.getOrDefault(part, List.of());
    Map<String, @Nullable String> pairs = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i += 2) {
      pairs.put(Objects.requireNonNull(values.get(i)), values.get(i + 1));
    }
    return pairs;
  }

  private Map<String, @Nullable String> inEitherOrder(Part part, Random random) {
    Map<String, @Nullable String> pairs = pairs(part);
    List<String> names = new ArrayList<>(pairs.keySet());
    Collections.shuffle(names, random);
    Map<String, @Nullable String> shuffled = new LinkedHashMap<>();
    names.forEach(name -> shuffled.put(name, pairs.get(name)));
    return shuffled;
  }

  private @Nullable String single(Part part) {
    List<@Nullable String> values = parts.get(part);
    return values == null ? null : values.get(0);
  }

  private String required(Part part) {
    return Objects.requireNonNull(single(part));
  }
}
