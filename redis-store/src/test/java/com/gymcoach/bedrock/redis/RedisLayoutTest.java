package com.gymcoach.bedrock.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members and keys of entries. {@code RedisMemberFuzz} looks for more that are taken for one. */
class RedisLayoutTest {
  private static final Partition PARTITION =
      new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final Digest KEY = new Digest(5, 6, 7, 8);

  private final RedisLayout layout = new RedisLayout("bc:");

  @Test
  void address_ofAnEntrysMember_isTheEntrys() {
    EntryAddress address = new EntryAddress(PARTITION, "Chat.v2_a-b", KEY);

    assertThat(RedisLayout.address(PARTITION, RedisLayout.member(address))).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ch\ufffdt", "ch\u00e4t", "chat*", "ch at", "a/b", "{chat}"})
  void address_whenEndpointIsNoName_isNull(String endpoint) {
    assertThat(RedisLayout.address(PARTITION, endpoint + ":" + KEY.text())).isNull();
  }

  @Test
  void address_whenForeignKeyIsNotUtf8_isNull() {
    byte[] key = layout.entryKey(new EntryAddress(PARTITION, "chat", KEY));
    byte[] foreign = new String(key, ISO_8859_1).replace("chat", "ch\u0098t").getBytes(ISO_8859_1);

    String member = Objects.requireNonNull(layout.member(PARTITION, foreign));

    assertThat(RedisLayout.address(PARTITION, member)).isNull();
  }
}
