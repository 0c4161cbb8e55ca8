package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.RawJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * A request for the embeddings of texts by one of Cohere's models. Each embedding depends on its
 * own text and on the request's other members, not on the texts beside it.
 *
 * <p>Only requests are taken apart whose members are all known to be the same for each text. The
 * others are cached whole.
 */
final class CohereBatch implements TextBatch<InvokeModelRequest, InvokeModelResponse> {
  /** The most texts that Bedrock accepts. A larger request must get its refusal. */
  static final int MAX_TEXTS = 96;

  /** Longer bodies are not taken apart, to bound the memory that parts take. */
  private static final int MAX_BODY = 8 << 20;

  /** The longest that the rest of the body may be: each part has a copy of it. */
  private static final int MAX_REST = 4096;

  private static final List<String> MODELS =
      List.of("cohere.embed-english-v3", "cohere.embed-multilingual-v3", "cohere.embed-v4");

  private static final String TEXTS = "texts";

  private static final Set<String> MEMBERS =
      Set.of(TEXTS, "input_type", "truncate", "embedding_types", "output_dimension", "max_tokens");

  private static final Set<String> JSON = Set.of("application/json", "*/*");
  private static final String TOKENS = "x-amzn-bedrock-input-token-count";
  private static final String NOT_COUNTED = "";
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");

  private final InvokeModelRequest request;
  private final byte[] body;
  private final RawJson list;
  private final List<RawJson> texts;

  private CohereBatch(InvokeModelRequest request, byte[] body, RawJson list, List<RawJson> texts) {
    this.request = request;
    this.body = body;
    this.list = list;
    this.texts = texts;
  }

  /** Takes a request apart, or returns null if that is not known to be safe. */
  static @Nullable CohereBatch of(InvokeModelRequest request, OptIns optIns) {
    SdkBytes bytes = request.body();
    if (bytes == null
        || request.modelId() == null
        || !isTheirs(optIns.modelOr(request.modelId()))
        || bytes.asByteArrayUnsafe().length > MAX_BODY
        || request.guardrailIdentifier() != null
        || !isJson(request.contentType())
        || !isJson(request.accept())) {
      return null;
    }
    byte[] body = bytes.asByteArray(); // a copy: the caller may change the array during the call
    try {
      Map<String, RawJson> members = RawJson.object(body);
      RawJson list = members.get(TEXTS);
      if (list == null
          || !MEMBERS.containsAll(members.keySet())
          || body.length - list.length() > MAX_REST) {
        return null;
      }
      List<RawJson> texts = list.elements(MAX_TEXTS);
      return texts.isEmpty() || !texts.stream().allMatch(RawJson::isText)
          ? null
          : new CohereBatch(request, body, list, texts);
    } catch (IOException unknownForm) { // cached whole, or refused by Bedrock
      return null;
    }
  }

  private static boolean isTheirs(String modelId) {
    String named = ModelIds.named(modelId);
    String model = named == null ? "" : ModelIds.withoutProfile(named.toLowerCase(Locale.ROOT));
    return MODELS.stream().anyMatch(model::startsWith);
  }

  private static boolean isJson(@Nullable String type) {
    return type == null || JSON.contains(type);
  }

  @Override
  public int size() {
    return texts.size();
  }

  @Override
  public InvokeModelRequest only(int... which) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(MAX_REST);
    out.write(body, 0, list.from());
    List<RawJson> some = new ArrayList<>();
    for (int text : which) {
      some.add(texts.get(text));
    }
    CohereAnswer.writeList(out, some);
    out.write(body, list.to(), body.length - list.to());
    return request.toBuilder().body(SdkBytes.fromByteArrayUnsafe(out.toByteArray())).build();
  }

  @Override
  public List<InvokeModelResponse> apart(InvokeModelResponse response, int... which)
      throws IOException {
    if (ResponseHttp.status(response) != 200) {
      throw new IOException("Not successful");
    }
    CohereAnswer answer = CohereAnswer.of(bytes(response), which.length);
    Payload head = ResponseHttp.payload(response, CohereAnswer.NONE);
    long[] tokens = shares(head, which);
    List<InvokeModelResponse> parts = new ArrayList<>();
    for (int i = 0; i < which.length; i++) {
      String share = tokens == null ? NOT_COUNTED : Long.toString(tokens[i]);
      parts.add(with(head, share, answer.part(i)));
    }
    return parts;
  }

  /**
   * Shares out the counted tokens by the lengths of the texts: Bedrock counts the whole. Returns
   * null if it did not count them.
   */
  private long @Nullable [] shares(Payload head, int... which) {
    List<String> counted = head.headers().getOrDefault(TOKENS, List.of());
    if (counted.isEmpty() || !COUNT.matcher(counted.get(0)).matches()) {
      return null;
    }
    long all = Long.parseLong(counted.get(0));
    long length = 0;
    for (int text : which) {
      length += texts.get(text).length();
    }
    long[] shares = new long[which.length];
    long before = 0;
    long given = 0;
    for (int i = 0; i < which.length; i++) { // cumulative, so that the sum is exact
      before += texts.get(which[i]).length();
      long upToHere = all * before / length;
      shares[i] = upToHere - given;
      given = upToHere;
    }
    return shares;
  }

  @Override
  public boolean holdsAnswers(InvokeModelResponse response) {
    return CohereAnswer.mayHoldVectors(bytes(response));
  }

  @Override
  public boolean areAlike(List<InvokeModelResponse> answers) {
    try {
      CohereAnswer first = single(answers.get(0));
      for (InvokeModelResponse answer : answers) {
        if (!single(answer).isLike(first)) {
          return false;
        }
      }
      return true;
    } catch (IOException notOurs) { // then the whole request is asked
      return false;
    }
  }

  @Override
  public InvokeModelResponse together(InvokeModelResponse like, List<InvokeModelResponse> answers)
      throws IOException {
    List<CohereAnswer> parts = new ArrayList<>();
    for (InvokeModelResponse answer : answers) {
      parts.add(single(answer));
    }
    byte[] whole = CohereAnswer.joined(CohereAnswer.rest(bytes(like)), parts);
    return with(ResponseHttp.payload(like, CohereAnswer.NONE), null, whole);
  }

  @Override
  public InvokeModelResponse unpaid(InvokeModelResponse response) {
    return with(ResponseHttp.payload(response, CohereAnswer.NONE), "0", bytes(response));
  }

  private static CohereAnswer single(InvokeModelResponse answer) throws IOException {
    return CohereAnswer.of(bytes(answer), 1);
  }

  private static byte[] bytes(InvokeModelResponse response) {
    SdkBytes bytes = response.body();
    return bytes == null ? CohereAnswer.NONE : bytes.asByteArrayUnsafe();
  }

  /**
   * Returns a response with another body and another count of tokens: the same one if it is null,
   * none if it is {@link #NOT_COUNTED}.
   */
  private static InvokeModelResponse with(Payload head, @Nullable String tokens, byte[] body) {
    Map<String, List<String>> headers = new LinkedHashMap<>(head.headers());
    if (NOT_COUNTED.equals(tokens)) {
      headers.remove(TOKENS);
    } else if (tokens != null) {
      headers.put(TOKENS, List.of(tokens));
    }
    Payload changed = new Payload(head.status(), head.statusText(), headers, CohereAnswer.NONE);
    return ResponseHttp.restored(InvokeModelResponse.builder(), changed)
        .body(SdkBytes.fromByteArrayUnsafe(body))
        .build();
  }
}
