package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.OptionalOperation;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkResponse;

/**
 * Everything that the cache knows about one of Bedrock's operations. Stateless, with one instance
 * per operation.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public abstract class CacheableOperation<Q extends AwsRequest, R> {

  /**
   * The heap size of an entry without its answer, in bytes, as measured: address, lifetime, fence,
   * table slots.
   */
  static final int OBJECT_OVERHEAD = 640;

  /**
   * The opt-ins of an endpoint.
   *
   * @param flags a bit for each opt-in
   * @param baseModel the model that a setting names for the request's id, or null
   */
  public record OptIns(int flags, @Nullable String baseModel) {
    /** No opt-ins. */
    public static final OptIns NONE = new OptIns(0, null);

    private static final int TOOL_USE = 1;
    private static final int VOLATILE_REFERENCES = 2;
    private static final int UNKNOWN_MODELS = 4;
    private static final int BOTH_FORMS = 8;
    private static final int EMBEDDINGS_BY_TEXT = 16;

    /** Creates the opt-ins for a request that names its model itself. */
    public OptIns(boolean toolUse, boolean volatileReferences, boolean unknownModels) {
      this(
          (toolUse ? TOOL_USE : 0)
              | (volatileReferences ? VOLATILE_REFERENCES : 0)
              | (unknownModels ? UNKNOWN_MODELS : 0),
          null);
    }

    /** Returns these opt-ins, without a base model. */
    public static OptIns of(boolean toolUse, boolean volatileReferences, boolean unknownModels) {
      return toolUse || volatileReferences || unknownModels
          ? new OptIns(toolUse, volatileReferences, unknownModels)
          : NONE;
    }

    /** Returns these opt-ins, and if true the one of {@link #bothForms}. */
    public OptIns withBothForms(boolean opted) {
      return opted ? new OptIns(flags | BOTH_FORMS, baseModel) : this;
    }

    /** Returns these opt-ins, and if true the one of {@link #embeddingsByText}. */
    public OptIns withEmbeddingsByText(boolean opted) {
      return opted ? new OptIns(flags | EMBEDDINGS_BY_TEXT, baseModel) : this;
    }

    /**
     * Returns these opt-ins with the model that a setting names for the request's id, or null for
     * none.
     */
    public OptIns of(@Nullable String baseModel) {
      return baseModel == null ? this : new OptIns(flags, baseModel);
    }

    /** Returns whether answers that ask for a tool are cached. */
    boolean toolUse() {
      return (flags & TOOL_USE) != 0;
    }

    /** Returns whether requests are cached that refer to something whose content can change. */
    public boolean volatileReferences() {
      return (flags & VOLATILE_REFERENCES) != 0;
    }

    /** Returns whether answers of unknown models are cached. */
    boolean unknownModels() {
      return (flags & UNKNOWN_MODELS) != 0;
    }

    /** Returns whether the call shares its answers with the other form: see {@link BothForms}. */
    public boolean bothForms() {
      return (flags & BOTH_FORMS) != 0;
    }

    /** Returns whether a batch of texts to embed is cached text by text. */
    public boolean embeddingsByText() {
      return (flags & EMBEDDINGS_BY_TEXT) != 0;
    }

    /** Returns the base model if there is one, otherwise the model that the request names. */
    String modelOr(String requested) {
      return baseModel == null ? requested : baseModel;
    }

    // Hand-written: the first use of a record's own adds some 10 ms to a cold start.
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other
          || (other instanceof OptIns that
              && flags == that.flags
              && Objects.equals(baseModel, that.baseModel));
    }

    @Override
    public int hashCode() {
      return 31 * flags + Objects.hashCode(baseModel);
    }
  }

  /**
   * Returns the operation's name in the service model, the same for the sync and the async client.
   */
  public abstract String name();

  /**
   * Returns the number that identifies this operation's payloads in stored entries. Never change
   * it.
   */
  public abstract int codecId();

  /** Returns what must be asked for so that this operation is cached, or null if it always is. */
  public @Nullable OptionalOperation optIn() {
    return null;
  }

  /** Returns whether the answer is a stream, which may fail after half of it has been delivered. */
  public boolean isStream() {
    return false;
  }

  /** Returns the model as the request names it, or an empty string if it names none. */
  public abstract String modelId(Q request);

  /**
   * Returns why a request must not be served from a cache, or null if it may be. Checks only its
   * top-level fields, such as guardrail version and kind of model ARN. References deeper in the
   * request, such as a location in S3, are found while its key is computed.
   */
  public abstract @Nullable CacheReason refusal(Q request, OptIns optIns);

  /**
   * Returns the request as one for several texts that are cached one by one, or null if it is not
   * one or the opt-ins do not say so.
   */
  public @Nullable TextBatch<Q, R> batch(Q request, OptIns optIns) {
    return null;
  }

  /** Returns why a response must not be cached, or null if it is complete and may be. */
  public abstract @Nullable CacheReason admission(Q request, R response, OptIns optIns);

  /**
   * Returns whether the response is complete. A stream that its caller cancelled, or that is too
   * large to copy, is not.
   */
  public boolean isWhole(R response) {
    return true;
  }

  /**
   * Returns the part of a response that a policy may inspect: the whole response, or a stream's
   * initial response.
   */
  public abstract SdkResponse head(R response);

  /**
   * Returns the form in which a response is held in memory. It shares no mutable state with the
   * given response, which belongs to its caller.
   */
  public abstract Kept<R> keep(R response);

  /**
   * Returns the kept form of a response made by {@link #decode}, without a copy, because no caller
   * holds that response yet.
   */
  public abstract Kept<R> kept(R own);

  /**
   * Returns a kept answer for one caller, while others may hold it too. Byte arrays are copied. An
   * answer without byte arrays is returned as it is, at no cost.
   */
  @SuppressWarnings("unchecked") // an address has answers of one operation only
  public final R handOut(Kept<?> kept) {
    R response = (R) kept.response();
    return kept.hasBytes() ? withOwnBytes(response) : response;
  }

  /** Returns a kept answer for one caller, with its outcome. */
  public R handOut(Kept<?> kept, CacheOutcome outcome) {
    return tagged(handOut(kept), outcome);
  }

  /** Returns an equal response that shares no byte array with the given one. */
  abstract R withOwnBytes(R response);

  /** Returns the token usage that the response reports, or null if it reports none. */
  public abstract @Nullable TokenUsage usage(R response);

  /** Returns the price tier that the response reports. */
  public abstract PriceTier tier(R response);

  /** Encodes a response in the form in which Bedrock sent it. */
  public abstract Payload encode(R response) throws IOException;

  /**
   * Returns the content of a response, to compare it with that of another.
   *
   * @throws IOException if the response has no content in a known form
   */
  public final AnswerContent content(R response) throws IOException {
    return AnswerContent.of(encode(response).body(), isStream());
  }

  /** Returns the content of a kept answer. */
  @SuppressWarnings("unchecked") // an address has answers of one operation only
  public final AnswerContent keptContent(Kept<?> kept) throws IOException {
    return content((R) kept.response());
  }

  /**
   * Decodes a response, with {@code responseMetadata()} and {@code sdkHttpResponse()} as the SDK
   * would have set them.
   *
   * @throws IOException if the payload is not one of this operation's
   */
  public abstract R decode(Payload payload) throws IOException;

  /**
   * Returns the response with its outcome as an additional header in its {@code sdkHttpResponse()},
   * otherwise unchanged. A response without an HTTP response gets one with status 200.
   */
  public abstract R tagged(R response, CacheOutcome outcome);
}
