package com.gymcoach.bedrock.cache.spi.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The sealer by itself: every entry that it cannot open is an {@link IOException}. */
class AesGcmSealerTest {
  private static final byte[] SCOPE = "alice".getBytes(UTF_8);
  private static final byte[] ADDRESS = "there".getBytes(UTF_8);

  private final EntrySealer sealer = EntrySealer.aes256Gcm(0, new byte[32]);

  @Test
  void open_ofASealedEmptyEntry_isEmpty() throws IOException {
    byte[] sealed = sealer.seal(SCOPE, ADDRESS, new byte[0]);
    assertThat(sealer.open(SCOPE, ADDRESS, sealed)).isEmpty();
  }

  @Test
  void open_ofATruncatedEntry_throwsIOException() {
    byte[] sealed = sealer.seal(SCOPE, ADDRESS, new byte[10]);
    for (int length = 0; length < sealed.length; length++) {
      byte[] truncated = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> sealer.open(SCOPE, ADDRESS, truncated))
          .as("%s bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void open_whenTheKeyIsNotHere_throwsIOException() {
    byte[] sealed = EntrySealer.aes256Gcm(1, new byte[32]).seal(SCOPE, ADDRESS, new byte[10]);
    assertThatThrownBy(() -> sealer.open(SCOPE, ADDRESS, sealed))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a key that is not here");
  }
}
