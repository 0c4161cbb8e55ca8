package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.events.Streamed;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;

/**
 * The two forms of the same answer: the response of Converse, and the stream of ConverseStream.
 * Calls that share their answers have one key. The tiers hold the form that Bedrock sent; it is
 * converted for each caller of the other form. A form that cannot hold the answer exactly gets
 * none.
 */
public final class BothForms {
  /** The operation's name in the keys of calls that share their answers with the other form. */
  public static final String KEY_NAME = "Converse and ConverseStream";

  private BothForms() {}

  /**
   * Returns whether a call may share its answers with the other form. A call with a guardrail may
   * not: the guardrail judges a stream in pieces, so it may decide otherwise.
   */
  public static boolean mayServe(SdkRequest request) {
    return request instanceof ConverseRequest converse
        ? converse.guardrailConfig() == null
        : request instanceof ConverseStreamRequest stream && stream.guardrailConfig() == null;
  }

  /** Returns the operation's names in all keys under which a call's answers may have been kept. */
  public static List<String> keyNames(String operation, SdkRequest request) {
    return mayServe(request) ? List.of(operation, KEY_NAME) : List.of(operation);
  }

  /**
   * Returns the operation that wrote a stored payload, or null if its answers are no answers to
   * this operation.
   *
   * @param optIns the call's, which say whether the other form's are
   */
  public static @Nullable CacheableOperation<?, ?> writer(
      CacheableOperation<?, ?> operation, CacheableOperation.OptIns optIns, int codecId) {
    if (codecId == operation.codecId()) {
      return operation;
    }
    return optIns.bothForms() && codecId == other(operation).codecId() ? other(operation) : null;
  }

  /** Returns the operation of the other form. Only for Converse and ConverseStream. */
  private static CacheableOperation<?, ?> other(CacheableOperation<?, ?> operation) {
    return operation.isStream()
        ? CacheableOperations.CONVERSE
        : CacheableOperations.CONVERSE_STREAM;
  }

  /** Returns whether an answer to one of the two operations is in the form of the other. */
  public static boolean isOther(CacheableOperation<?, ?> operation, Kept<?> answer) {
    return operation.isStream() != (answer.response() instanceof Streamed);
  }

  /**
   * Returns an answer converted to the form of an operation, or null if that form cannot hold it
   * exactly. The given answer, which is in the other form, does not change.
   */
  @SuppressWarnings("unchecked") // an answer to one of the two operations is one or the other
  public static <R> @Nullable Kept<R> converted(
      CacheableOperation<?, R> operation, Kept<?> answer) {
    try {
      Object converted =
          operation.isStream()
              ? ConverseToStream.convert((ConverseResponse) answer.response())
              : StreamToConverse.convert(
                  (Streamed<ConverseStreamResponse, ConverseStreamOutput>) answer.response());
      return operation.kept((R) converted).asConverted();
    } catch (Unconvertible lossy) {
      return null; // the caller's miss says so
    }
  }

  /**
   * Returns whether the other form can hold an answer, and would be admitted in that form.
   *
   * @param response an answer in the form of the operation
   */
  public static <R> boolean fitsBoth(
      CacheableOperation<?, R> operation, R response, CacheableOperation.OptIns optIns) {
    Kept<R> own = new Kept<>(response, false, 0);
    if (operation.isStream()) {
      Kept<ConverseResponse> converse = converted(CacheableOperations.CONVERSE, own);
      return converse != null
          && CacheableOperations.CONVERSE.admission(
                  ConverseRequest.builder().build(), converse.response(), optIns)
              == null;
    }
    Kept<Streamed<ConverseStreamResponse, ConverseStreamOutput>> stream =
        converted(CacheableOperations.CONVERSE_STREAM, own);
    return stream != null
        && CacheableOperations.CONVERSE_STREAM.admission(
                ConverseStreamRequest.builder().build(), stream.response(), optIns)
            == null;
  }
}
