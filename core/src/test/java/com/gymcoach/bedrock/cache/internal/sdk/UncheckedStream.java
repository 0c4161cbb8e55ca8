package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;

/** A stream whose events are not checked: it is kept if the SDK reports a success. */
public final class UncheckedStream<Q extends AwsRequest, R extends AwsResponse, E>
    extends CacheableStream<Q, R, E> {
  private final CacheableStream<Q, R, E> checked;

  /** Returns the same operation without its check. */
  public UncheckedStream(CacheableStream<Q, R, E> checked) {
    this.checked = checked;
  }

  @Override
  @Nullable CacheReason admission(Q request, Iterable<E> events, OptIns optIns) {
    return null;
  }

  @Override
  public String name() {
    return checked.name();
  }

  @Override
  public int codecId() {
    return checked.codecId();
  }

  @Override
  public String modelId(Q request) {
    return checked.modelId(request);
  }

  @Override
  public @Nullable CacheReason refusal(Q request, OptIns optIns) {
    return checked.refusal(request, optIns);
  }

  @Override
  public @Nullable TokenUsage usage(Streamed<R, E> stream) {
    return null;
  }

  @Override
  public PriceTier tier(Streamed<R, E> stream) {
    return PriceTier.STANDARD;
  }

  @Override
  public long sizeOf(E event) {
    return checked.sizeOf(event);
  }

  @Override
  boolean holdsBytes(E event) {
    return checked.holdsBytes(event);
  }

  @Override
  void write(E event, ByteArrayOutputStream lines) throws IOException {
    checked.write(event, lines);
  }

  @Override
  E event(byte[] line) throws IOException {
    return checked.event(line);
  }

  @Override
  R begin(Payload payload) {
    return checked.begin(payload);
  }
}
