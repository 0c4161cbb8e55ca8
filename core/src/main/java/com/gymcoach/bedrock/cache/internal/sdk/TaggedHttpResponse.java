package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * An HTTP response with an outcome as an additional header. Few callers read headers, so the header
 * is created only on demand: without it, a memory hit costs half as much.
 *
 * <p>Immutable.
 */
public final class TaggedHttpResponse implements SdkHttpFullResponse {
  private static final long serialVersionUID = 1L;
  private static final SdkHttpResponse NONE = SdkHttpResponse.builder().statusCode(200).build();

  private final SdkHttpResponse untagged;
  private final transient CacheOutcome outcome;

  /** Created on first use. Threads that race create equal objects. */
  @SuppressWarnings("Immutable")
  private transient @Nullable SdkHttpFullResponse whole;

  private TaggedHttpResponse(SdkHttpResponse untagged, CacheOutcome outcome) {
    this.untagged = untagged;
    this.outcome = outcome;
  }

  /** Returns a response with its outcome; an absent response counts as one with status 200. */
  static TaggedHttpResponse of(@Nullable SdkHttpResponse response, CacheOutcome outcome) {
    return new TaggedHttpResponse(response == null ? NONE : response, outcome);
  }

  /** Returns the outcome. */
  public CacheOutcome outcome() {
    return outcome;
  }

  @Override
  public int statusCode() {
    return untagged.statusCode();
  }

  @Override
  public Optional<String> statusText() {
    return untagged.statusText();
  }

  @Override
  public Map<String, List<String>> headers() {
    return whole().headers();
  }

  @Override
  public List<String> matchingHeaders(String header) {
    return whole().matchingHeaders(header);
  }

  @Override
  public Optional<String> firstMatchingHeader(String header) {
    return whole().firstMatchingHeader(header);
  }

  @Override
  public Optional<AbortableInputStream> content() {
    return whole().content();
  }

  @Override
  public SdkHttpFullResponse.Builder toBuilder() {
    return whole().toBuilder();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TaggedHttpResponse that && whole().equals(that.whole());
  }

  @Override
  public int hashCode() {
    return whole().hashCode();
  }

  @Override
  public String toString() {
    return whole().toString();
  }

  /** Serialises this object as the SDK's own response class. */
  private Object writeReplace() {
    return whole();
  }

  private SdkHttpFullResponse whole() {
    SdkHttpFullResponse made = whole;
    if (made == null) {
      made =
          (SdkHttpFullResponse)
              untagged.toBuilder().appendHeader(CacheOutcome.HEADER, outcome.headerValue()).build();
      whole = made;
    }
    return made;
  }
}
