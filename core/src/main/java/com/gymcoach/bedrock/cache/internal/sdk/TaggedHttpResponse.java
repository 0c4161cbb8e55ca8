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
 * An HTTP response with an outcome as one more header. Few callers read headers, so the header is
 * made when one does: a hit in memory costs half as much without it.
 *
 * <p>Immutable.
 */
public final class TaggedHttpResponse implements SdkHttpFullResponse {
  private static final long serialVersionUID = 1L;
  private static final SdkHttpResponse NONE = SdkHttpResponse.builder().statusCode(200).build();

  private final SdkHttpResponse untagged;
  private final transient CacheOutcome outcome;

  /** Made when first asked for; whoever else makes it at the same time makes the same. */
  @SuppressWarnings("Immutable")
  private transient @Nullable SdkHttpFullResponse whole;

  private TaggedHttpResponse(SdkHttpResponse untagged, CacheOutcome outcome) {
    this.untagged = untagged;
    this.outcome = outcome;
  }

  /** Returns a response with its outcome; one that is absent counts as one of status 200. */
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

  /** What is written of it is the SDK's own response. */
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
