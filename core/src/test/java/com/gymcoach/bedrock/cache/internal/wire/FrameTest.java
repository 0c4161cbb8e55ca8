package com.gymcoach.bedrock.cache.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The numbers, texts and bytes of a frame, and every length that it cannot hold. */
class FrameTest {

  private static FrameReader reader(String hex) {
    byte[] frame = HexFormat.of().parseHex(hex);
    return new FrameReader(frame, 0, frame.length);
  }

  private static void assertRefused(ThrowingCallable reading) {
    assertThatExceptionOfType(IOException.class).isThrownBy(reading);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "16383, ff7f",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void number_hasSevenBitsAByteAndTheLowestFirst(long value, String hex) throws IOException {
    assertThat(new FrameWriter().number(value).toBytes()).isEqualTo(HexFormat.of().parseHex(hex));
    assertThat(reader(hex).number()).isEqualTo(value);
  }

  @Test
  void number_whenNegative_isNotWritten() {
    assertThatIllegalArgumentException().isThrownBy(() -> new FrameWriter().number(-1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "8000", "808000", "ffffffffffffffffff01", "ffffffffffffffff80"})
  void number_whenCutOffOrTooLongOrNotTheShortest_isRefused(String hex) {
    assertRefused(() -> reader(hex).number());
  }

  @Test
  void count_upToItsLimit_isTaken() throws IOException {
    assertThat(reader("7f").count(127)).isEqualTo(127);
    assertRefused(() -> reader("7f").count(126));
  }

  @Test
  void texts_afterEachOther_areReadInOrderAndThenTheRest() throws IOException {
    byte[] frame =
        new FrameWriter().octet(7).text("é").bytes(new byte[] {1, 2}).raw(new byte[] {3}).toBytes();
    FrameReader in = new FrameReader(frame, 0, frame.length);
    assertThat(in.octet()).isEqualTo(7);
    assertThat(in.text()).isEqualTo("é");
    assertThat(in.bytes()).containsExactly(1, 2);
    assertThat(in.rest()).containsExactly(3);
    assertThat(in.rest()).isEmpty();
    assertRefused(in::octet);
  }

  @Test
  void octet_aboveAByte_isNotNegative() throws IOException {
    assertThat(reader("ff").octet()).isEqualTo(255);
  }

  /** Lengths are compared with what is left, before anything is copied. */
  @Test
  void bytes_whenLongerThanTheFrame_areRefused() throws IOException {
    assertThat(reader("020102").bytes()).containsExactly(1, 2);
    assertRefused(() -> reader("0201").bytes());
    assertRefused(() -> reader("03010203").raw(5));
  }

  @Test
  void read_ofAPartOfAnArray_endsWithThatPart() throws IOException {
    FrameReader in = new FrameReader(new byte[] {9, 1, 2, 9}, 1, 3);
    assertRefused(() -> new FrameReader(new byte[] {9, 1, 2, 9}, 1, 3).raw(3));
    assertThat(in.rest()).containsExactly(1, 2);
    assertRefused(in::octet);
    assertRefused(() -> new FrameReader(new byte[] {2, 1, 2, 9}, 0, 2).bytes());
  }
}
