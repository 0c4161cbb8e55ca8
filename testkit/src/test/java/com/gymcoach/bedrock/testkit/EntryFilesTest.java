package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of entries that are damaged. */
class EntryFilesTest {
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), 7), "chat", new Digest(5, 6, 7, 8));

  private final EntryFormat format = new EntryFormat("files");

  /** The entry is not one of format 1, so the readable form has it in Base64. */
  @ParameterizedTest
  @EnumSource(EntryFiles.class)
  void entry_whenAnyPieceOfTheFileIsMissing_isRefused(EntryFiles files) throws IOException {
    byte[] entry = "sealed".getBytes(UTF_8);
    byte[] file = files.content(format, ADDRESS, entry, 1000);
    assertThat(files.entry(format, ADDRESS, file)).isEqualTo(entry);
    for (int from = 0; from < file.length; from++) {
      for (int to = from + 1; to <= file.length; to++) {
        byte[] damaged = without(file, from, to);
        byte[] read;
        try {
          read = files.entry(format, ADDRESS, damaged);
        } catch (IOException refused) { // as documented
          continue;
        }
        assertThat(read).as("without bytes %d to %d", from, to).isIn(null, entry);
      }
    }
  }

  private static byte[] without(byte[] file, int from, int to) {
    ByteArrayOutputStream left = new ByteArrayOutputStream();
    left.write(file, 0, from);
    left.writeBytes(Arrays.copyOfRange(file, to, file.length));
    return left.toByteArray();
  }
}
