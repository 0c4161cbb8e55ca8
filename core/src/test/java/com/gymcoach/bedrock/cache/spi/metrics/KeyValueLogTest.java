package com.gymcoach.bedrock.cache.spi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeyValueLogTest {

  @Test
  void text_whenThereArePairs_putsThemInFrontInOrder() {
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("cached", true);
    pairs.put("cacheSource", "hot");
    pairs.put("cacheAge", 12L);

    assertThat(KeyValueLog.text("Bedrock call", pairs))
        .isEqualTo("cached=true cacheSource=hot cacheAge=12 Bedrock call");
  }
}
