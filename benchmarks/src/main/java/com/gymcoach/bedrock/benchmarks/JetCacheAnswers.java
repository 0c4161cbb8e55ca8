package com.gymcoach.bedrock.benchmarks;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.MultiLevelCacheBuilder;
import com.alicp.jetcache.embedded.CaffeineCacheBuilder;
import com.alicp.jetcache.external.MockRemoteCacheBuilder;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * JetCache's own interface. Its local tier is Caffeine, keyed by user and request. Its remote tier
 * is the one in memory that it comes with, which holds bytes as Redis would, without the network.
 * Its key convertors cannot tell one SDK request from another and its value encoders cannot write
 * an SDK response, so that the remote tier is given a digest and this project's JSON.
 */
final class JetCacheAnswers implements Answers {
  private record Key(String user, BedrockRuntimeRequest request) {}

  private final BedrockRuntimeClient bedrock;
  private final Cache<Key, InvokeModelResponse> invoked;
  private final Cache<Key, ConverseResponse> conversed;

  private JetCacheAnswers(
      BedrockRuntimeClient bedrock,
      Cache<Key, InvokeModelResponse> invoked,
      Cache<Key, ConverseResponse> conversed) {
    this.bedrock = bedrock;
    this.invoked = invoked;
    this.conversed = conversed;
  }

  static JetCacheAnswers local(BedrockRuntimeClient bedrock) {
    return new JetCacheAnswers(bedrock, local(), local());
  }

  static JetCacheAnswers twoLevel(BedrockRuntimeClient bedrock) {
    return new JetCacheAnswers(
        bedrock,
        twoLevel(
            response -> ((InvokeModelResponse) response).body().asByteArray(),
            body -> InvokeModelResponse.builder().body(SdkBytes.fromByteArrayUnsafe(body)).build()),
        twoLevel(response -> written((ConverseResponse) response), JetCacheAnswers::conversation));
  }

  private static <V> Cache<Key, V> local() {
    return CaffeineCacheBuilder.createCaffeineCacheBuilder()
        .limit(Approach.MAX_ENTRIES)
        .expireAfterWrite(1, TimeUnit.HOURS)
        .buildCache();
  }

  private static <V> Cache<Key, V> twoLevel(
      Function<Object, byte[]> encoder, Function<byte[], Object> decoder) {
    Cache<Key, V> near = local();
    Cache<Key, V> far =
        MockRemoteCacheBuilder.createMockRemoteCacheBuilder()
            .limit(Approach.MAX_ENTRIES)
            .keyPrefix("answers:")
            .keyConvertor(key -> digest((Key) key))
            .valueEncoder(encoder)
            .valueDecoder(decoder)
            .expireAfterWrite(1, TimeUnit.HOURS)
            .buildCache();
    return MultiLevelCacheBuilder.createMultiLevelCacheBuilder()
        .addCache(near, far)
        .expireAfterWrite(1, TimeUnit.HOURS)
        .buildCache();
  }

  private static Object digest(Key key) {
    return Sha256.hex(
        key.request() instanceof ConverseRequest converse
            ? Sha256.of(key.user(), converse)
            : Sha256.of(key.user(), (InvokeModelRequest) key.request()));
  }

  private static byte[] written(SdkPojo response) {
    try {
      return SdkJson.write(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConverseResponse conversation(byte[] json) {
    ConverseResponse.Builder builder = ConverseResponse.builder();
    try {
      SdkJson.read(json, (SdkPojo) builder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return builder.build();
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    return invoked.computeIfAbsent(new Key(user, request), key -> bedrock.invokeModel(request));
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    return conversed.computeIfAbsent(new Key(user, request), key -> bedrock.converse(request));
  }

  @Override
  public void close() {
    invoked.close();
    conversed.close();
  }
}
