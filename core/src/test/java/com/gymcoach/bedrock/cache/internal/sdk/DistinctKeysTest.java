package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.ByNumber;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/**
 * Many different calls have as many different keys. All their texts consist of the letter "1", so
 * that only the limits between the texts tell the calls apart.
 */
@Tag(ByNumber.TAG)
class DistinctKeysTest {
  private static final int CALLS = ByNumber.cases("keys", 200_000);

  /** A call with a number; two numbers never give the same call. */
  private static final class NumberedCall {
    private int rest;
    private final boolean converse;
    private final String user;
    private final @Nullable String endpoint;
    private final @Nullable String vary;
    private final String model;
    private final @Nullable String system;
    private final String text;
    private final int maxTokens;

    NumberedCall(int number) {
      rest = number;
      converse = choose(2) == 0;
      user = ones(1 + choose(12));
      endpoint = textOrNull(choose(9), 1);
      vary = textOrNull(choose(9), 0);
      system = textOrNull(choose(9), 0);
      text = ones(choose(12));
      model = ones(1 + choose(8));
      maxTokens = 1 + rest; // whatever is left of the number
    }

    private int choose(int choices) {
      int chosen = rest % choices;
      rest /= choices;
      return chosen;
    }

    private static String ones(int length) {
      return "1".repeat(length);
    }

    private static @Nullable String textOrNull(int choice, int shortest) {
      return choice == 0 ? null : ones(choice - 1 + shortest);
    }

    private CacheScope scope() {
      CacheScope scope = CacheScope.user(user);
      if (endpoint != null) {
        scope = scope.endpoint(endpoint);
      }
      return vary == null ? scope : scope.vary("1", vary);
    }

    private SdkRequest request() {
      return converse ? converseRequest() : invokeRequest();
    }

    private ConverseRequest converseRequest() {
      ConverseRequest.Builder request =
          ConverseRequest.builder()
              .modelId(model)
              .messages(Message.builder().role("1").content(ContentBlock.fromText(text)).build())
              .inferenceConfig(c -> c.maxTokens(maxTokens));
      if (system != null) {
        request.system(SystemContentBlock.fromText(system));
      }
      return request.build();
    }

    private SdkRequest invokeRequest() {
      String said = system == null ? "" : "\"11\":\"" + system + "\",";
      String body = "{" + said + "\"1\":\"" + text + "\",\"111\":" + maxTokens + "}";
      return Keys.invoke(body).toBuilder().modelId(model).build();
    }

    private KeyInput input() {
      String operation = converse ? "Converse" : "InvokeModel";
      return new KeyInput(operation, "1", "1", scope(), model, request());
    }

    /** Returns the texts one after the other, as a careless key would have them. */
    private String joined() {
      return converse + user + endpoint + vary + model + system + text + maxTokens;
    }
  }

  /** Returns how many of the numbers have a value that another one has. */
  private static long equalValues(int count, IntToLongFunction value) {
    long[] values = IntStream.range(0, count).parallel().mapToLong(value).toArray();
    Arrays.parallelSort(values);
    return IntStream.range(1, count).filter(i -> values[i] == values[i - 1]).count();
  }

  /**
   * Compares the first 64 of a digest's 256 bits, which is more than is asked: if these differ, the
   * digests do. By chance alone, two of 10 million are equal in 1 of 370,000 runs.
   */
  private static long firstBits(Digest digest) {
    return digest.first();
  }

  @Test
  void key_ofManyDifferentCalls_isDifferentForEach() {
    long began = System.nanoTime();
    assertThat(
            equalValues(
                CALLS, n -> firstBits(RequestKeys.key(new NumberedCall(n).input()).digest())))
        .isZero();
    ByNumber.report(CALLS + " calls, no two keys equal", began);
  }

  @Test
  void principal_ofManyDifferentUsers_isDifferentForEach() {
    long began = System.nanoTime();
    assertThat(
            equalValues(
                CALLS,
                n ->
                    firstBits(
                        RequestKeys.principal(
                            n == 0 ? CacheScope.shared() : CacheScope.user(Integer.toString(n))))))
        .isZero();
    ByNumber.report(CALLS + " principals, no two equal", began);
  }

  /** The calls are close to each other: a key of their joined texts mixes most of them up. */
  @Test
  void control_keyOfTheJoinedTexts_isEqualForManyCalls() {
    int count = 100_000;
    long equal = equalValues(count, n -> new NumberedCall(n).joined().hashCode());
    assertThat(equal).isGreaterThan(count / 2);
  }
}
