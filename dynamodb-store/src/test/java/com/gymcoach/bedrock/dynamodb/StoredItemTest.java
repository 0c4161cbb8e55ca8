package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StoredItemTest {
  private static final Partition PARTITION =
      new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final Digest KEY = new Digest(5, 6, 7, 8);
  private static final Digest SUM = new Digest(9, 10, 11, 12);
  private static final EntryAddress ADDRESS = new EntryAddress(PARTITION, "chat", KEY);
  private static final String ENTRY = "E#chat#" + KEY.text();

  @Test
  void of_theKeyOfAnEntry_isTheEntry() {
    assertThat(StoredItem.of(PARTITION, ENTRY)).isEqualTo(new StoredItem(ENTRY, ADDRESS, false));
  }

  @Test
  void of_theKeyOfAPart_isAPartOfTheEntry() {
    for (int number : new int[] {0, 9, 10}) {
      String sort = StoredItem.partOf(ENTRY, number, SUM);
      assertThat(sort).isEqualTo(ENTRY + "#" + number + "#" + SUM.text());
      assertThat(StoredItem.of(PARTITION, sort)).isEqualTo(new StoredItem(sort, ADDRESS, true));
    }
  }

  static Stream<String> foreign() {
    String almost = KEY.text().substring(0, 42) + (char) (KEY.text().charAt(42) + 1);
    return Stream.of(
        "M",
        "",
        "E#",
        "E#chat",
        "E##" + KEY.text(),
        "E#chat#" + almost,
        "e#chat#" + KEY.text(),
        ENTRY + "=",
        ENTRY + "#",
        ENTRY + "#0",
        ENTRY + "#0#",
        ENTRY + "#0#" + almost,
        ENTRY + "##" + SUM.text(),
        ENTRY + "#x#" + SUM.text(),
        ENTRY + "#-1#" + SUM.text(),
        ENTRY + "#100#" + SUM.text(),
        ENTRY + "#" + SUM.text(),
        ENTRY + "#0#" + SUM.text() + "#0",
        "E#chat#" + almost + "#0#" + SUM.text(),
        ENTRY + "\n");
  }

  @ParameterizedTest
  @MethodSource("foreign")
  void of_anythingElse_isNull(String sort) {
    assertThat(StoredItem.of(PARTITION, sort)).isNull();
  }
}
