package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import com.gymcoach.bedrock.cache.internal.sdk.KeyInput;
import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** The key of a request that is there already, beside the SHA-256 of the same text. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Key {
  private static final String BARE = "SHA-256 of the text alone";
  private static final String BINARY = "key of InvokeModel, a body that is not JSON";
  private static final String JSON = "key of InvokeModel, a JSON body, names unsorted";
  private static final String CONVERSE = "key of Converse";

  /** The request that is digested; the first is the base. */
  @Param({BARE, BINARY, JSON, CONVERSE})
  public String way = BARE;

  /** The text's size. */
  @Param({"512", "32768"})
  public int bytes;

  private Supplier<Object> digest = Object::new;

  /** Makes the request. */
  @Setup
  public void make() {
    Prompts prompts = new Prompts(bytes);
    byte[] text = Prompts.text(bytes).getBytes(StandardCharsets.US_ASCII);
    digest =
        switch (way) {
          case BINARY ->
              ofKey(
                  CacheableOperations.INVOKE_MODEL,
                  InvokeModelRequest.builder()
                      .modelId(Prompts.MODEL)
                      .contentType("application/octet-stream")
                      .body(SdkBytes.fromByteArrayUnsafe(text))
                      .build());
          case JSON -> ofKey(CacheableOperations.INVOKE_MODEL, prompts.invokeModel());
          case CONVERSE -> ofKey(CacheableOperations.CONVERSE, prompts.converse());
          default -> () -> sha256(text);
        };
  }

  private static <Q extends AwsRequest> Supplier<Object> ofKey(
      CacheableOperation<Q, ?> operation, Q request) {
    KeyInput material =
        new KeyInput(
            operation.name(),
            "bedrock us-east-1",
            "default",
            CacheScope.user("user-42").endpoint("chat"),
            Prompts.MODEL,
            request);
    return () -> RequestKeys.key(material);
  }

  static byte[] sha256(byte[] text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /** The digest. */
  @Benchmark
  public Object digest() {
    return digest.get();
  }
}
