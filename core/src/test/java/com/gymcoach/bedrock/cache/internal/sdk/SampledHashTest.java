package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

class SampledHashTest {
  private static final SampledHash HASH = new SampledHash(0x5DEECE66DL);

  private static ConverseRequest converse(String text) {
    return ConverseRequest.builder()
        .modelId(Keys.MODEL)
        .messages(Message.builder().role("user").content(ContentBlock.fromText(text)).build())
        .build();
  }

  private static long sample(AwsRequest request) {
    return HASH.of(Keys.ANN, request);
  }

  /** Every size around the borders between what is read whole and what is not. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 63, 64, 127, 128, 129, 135, 136, 137, 200, 4096})
  void of_whenTheSameIsSaidByOtherObjects_isTheSame(int size) {
    String text = "x".repeat(size);
    assertThat(sample(converse(text))).isEqualTo(sample(converse(new String(text.toCharArray()))));
    assertThat(sample(Keys.invoke(text))).isEqualTo(sample(Keys.invoke(text)));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 120, 1_000, 100_000})
  void of_whenTextsDifferAtAnEnd_differs(int size) {
    Set<Long> hashes = new HashSet<>();
    String middle = "m".repeat(size);
    for (int i = 0; i < 1_000; i++) {
      hashes.add(sample(converse(i + " " + middle)));
      hashes.add(sample(converse(middle + " " + i)));
      hashes.add(sample(Keys.invoke(i + " " + middle)));
      hashes.add(sample(Keys.invoke(middle + " " + i)));
    }
    assertThat(hashes).hasSize(4_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 120, 1_000, 100_000})
  void of_whenTextsAreRandom_differs(int size) {
    Random random = new Random(42);
    Set<Long> hashes = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      hashes.add(sample(Keys.invoke(body)));
    }
    assertThat(hashes).hasSize(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ann", "bob", ""})
  void of_whenTheUserDiffers_differs(String user) {
    CacheScope scope = user.isEmpty() ? CacheScope.shared() : CacheScope.user(user);
    assertThat(HASH.of(scope.endpoint("plan"), converse("a"))).isNotEqualTo(sample(converse("a")));
  }
}
