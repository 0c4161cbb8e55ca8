package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkResponse;

/**
 * All that the cache knows of an operation of Bedrock's. Stateless; one instance an operation.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public abstract class CacheableOperation<Q extends AwsRequest, R> {

  /** The bytes of an entry beside its answer: address, life, fence, table slots. Measured. */
  static final int OBJECT_OVERHEAD = 640;

  /**
   * What an endpoint has opted into.
   *
   * @param baseModel the model that a setting names behind the request's id, or null
   */
  public record OptIns(
      boolean toolUse,
      boolean volatileReferences,
      boolean unknownModels,
      @Nullable String baseModel) {
    /** Nothing beyond what is safe for everyone. */
    public static final OptIns NONE = new OptIns(false, false, false);

    /** Returns what was opted into, of a request that names its model itself. */
    public OptIns(boolean toolUse, boolean volatileReferences, boolean unknownModels) {
      this(toolUse, volatileReferences, unknownModels, null);
    }

    /** Returns what was opted into. */
    public static OptIns of(boolean toolUse, boolean volatileReferences, boolean unknownModels) {
      return toolUse || volatileReferences || unknownModels
          ? new OptIns(toolUse, volatileReferences, unknownModels)
          : NONE;
    }

    /** Returns the same for a request behind whose model's id a setting names another, or null. */
    public OptIns of(@Nullable String baseModel) {
      return baseModel == null
          ? this
          : new OptIns(toolUse, volatileReferences, unknownModels, baseModel);
    }

    /** Returns the model that a setting names, or else the one that the request names. */
    String modelOr(String requested) {
      return baseModel == null ? requested : baseModel;
    }

    // By hand: the first use of a record's own takes some 10 ms of a cold start.
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other
          || (other instanceof OptIns that
              && toolUse == that.toolUse
              && volatileReferences == that.volatileReferences
              && unknownModels == that.unknownModels
              && Objects.equals(baseModel, that.baseModel));
    }

    @Override
    public int hashCode() {
      return (toolUse ? 1 : 0)
          + (volatileReferences ? 2 : 0)
          + (unknownModels ? 4 : 0)
          + 8 * Objects.hashCode(baseModel);
    }
  }

  /** Returns the operation's name in the service model; the sync and the async one are the same. */
  public abstract String name();

  /** Returns the number under which this operation's payloads are stored, for ever. */
  public abstract int codecId();

  /** Returns whether the answer is a stream, which may fail when half has been delivered. */
  public boolean isStream() {
    return false;
  }

  /** Returns the model as the request names it, or an empty string where it names none. */
  public abstract String modelId(Q request);

  /**
   * Returns why a request must not be served from a cache, judged by its named fields (guardrail
   * version, kind of model ARN); null where nothing speaks against it. What lies deeper in the
   * request, such as a location in S3, is found while its key is made.
   */
  public abstract @Nullable CacheReason refusal(Q request, OptIns optIns);

  /** Returns why a response must not be kept, or null where it is complete and may be. */
  public abstract @Nullable CacheReason admission(Q request, R response, OptIns optIns);

  /**
   * Returns whether all of a response is here. Of a stream that its caller cancelled, or that is
   * too large to copy, only the beginning is.
   */
  public boolean isWhole(R response) {
    return true;
  }

  /** Returns what of a response a policy may look at: all of it, or how a stream began. */
  public abstract SdkResponse head(R response);

  /**
   * Returns the form in which a response is held for others. It shares nothing that a caller can
   * change with the one given, which belongs to the caller who asked.
   */
  public abstract Kept<R> keep(R response);

  /** Returns the kept form of a response that {@link #decode} has made: no caller holds it yet. */
  public abstract Kept<R> kept(R own);

  /**
   * Returns an answer for one caller, while others hold it too. Byte arrays are copied; an answer
   * without byte arrays is returned as it is, at no cost.
   */
  @SuppressWarnings("unchecked") // an address holds one operation's answers only
  public final R handOut(Kept<?> kept) {
    R response = (R) kept.response();
    return kept.hasBytes() ? withOwnBytes(response) : response;
  }

  /** Returns an equal response that shares no byte array with the one given. */
  abstract R withOwnBytes(R response);

  /** Returns the tokens that the response says it cost, or null where it does not say. */
  public abstract @Nullable TokenUsage usage(R response);

  /** Returns at which of its model's prices the response says it was served. */
  public abstract PriceTier tier(R response);

  /** Turns a response into what Bedrock sent. */
  public abstract Payload encode(R response) throws IOException;

  /**
   * Turns what Bedrock sent into the response, with {@code responseMetadata()} and {@code
   * sdkHttpResponse()} as the SDK would have set them.
   *
   * @throws IOException if the payload is not one of this operation's
   */
  public abstract R decode(Payload payload) throws IOException;

  /**
   * Returns the response with its outcome as one more header in its {@code sdkHttpResponse()} and
   * nothing else changed; a response without one is given one, of status 200.
   */
  public abstract R tagged(R response, CacheOutcome outcome);
}
