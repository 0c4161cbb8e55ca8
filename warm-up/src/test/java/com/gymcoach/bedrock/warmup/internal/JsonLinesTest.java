package com.gymcoach.bedrock.warmup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {
  private static final int MOST = 4 << 20;

  @TempDir Path folder;

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  private Path file(byte[]... parts) throws IOException {
    Path file = folder.resolve("log.json");
    try (OutputStream out = Files.newOutputStream(file)) {
      for (byte[] part : parts) {
        out.write(part);
      }
    }
    return file;
  }

  private static List<String> read(Path file) throws IOException {
    List<String> read = new ArrayList<>();
    try (JsonLines lines = new JsonLines(file, MOST, bytes -> {})) {
      while (lines.next()) {
        String text = new String(lines.bytes(), 0, lines.length(), UTF_8);
        read.add(lines.number() + ":" + (lines.isTooLong() ? "too long" : text));
      }
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void next_ofLinesWithAMarkAndAnyBreaks_countsAllAndSkipsEmptyOnes(boolean gzip) throws Exception {
    String text = "\ufeffone\r\n\r\n\ntwo \n" + "x".repeat(200_000) + "\nlast";
    Path file = file(gzip ? gzip(text) : text.getBytes(UTF_8));

    assertThat(read(file)).containsExactly("1:one", "4:two", "5:" + "x".repeat(200_000), "6:last");
  }

  @Test
  void next_ofSeveralGzipMembers_readsAll() throws IOException {
    assertThat(read(file(gzip("a\n"), gzip("b\n"), gzip("c\n"))))
        .containsExactly("1:a", "2:b", "3:c");
  }

  @Test
  void next_whenALineIsFarTooLong_goesOnWithTheNextOne() throws IOException {
    Path file = folder.resolve("long.json");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write("one\n".getBytes(UTF_8));
      byte[] part = new byte[1 << 20];
      Arrays.fill(part, (byte) 'x');
      for (int i = 0; i < 40; i++) {
        out.write(part);
      }
      out.write("\nthree\n".getBytes(UTF_8));
    }

    assertThat(read(file)).containsExactly("1:one", "2:too long", "3:three");
  }

  @Test
  void next_whenGzipIsCutOff_givesTheLinesBeforeAndThenFails() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      text.append("line ").append(i).append('\n');
    }
    byte[] whole = gzip(text.toString());
    Path file = file(Arrays.copyOf(whole, whole.length / 2));

    List<String> read = new ArrayList<>();
    try (JsonLines lines = new JsonLines(file, MOST, bytes -> {})) {
      assertThatThrownBy(
              () -> {
                while (lines.next()) {
                  read.add(new String(lines.bytes(), 0, lines.length(), UTF_8));
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(lines.number()).isEqualTo(read.size() + 1);
    }
    assertThat(read).hasSizeGreaterThan(1_000).startsWith("line 0", "line 1");
  }

  @Test
  void progress_ofACompressedFile_isInBytesOfTheFile() throws IOException {
    Path file = file(gzip("abc\n".repeat(100_000)));
    long[] told = {0};
    try (JsonLines lines = new JsonLines(file, MOST, bytes -> told[0] += bytes)) {
      while (lines.next()) {
        assertThat(lines.length()).isEqualTo(3);
      }
    }

    assertThat(told[0]).isEqualTo(Files.size(file));
  }

  /**
   * The JDK takes it for the end: the lines of the rest would be missing, and no one would know.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 17, 18, 19, 100, 200_000})
  void next_whenSomethingFollowsGzip_givesTheLinesBeforeAndThenFails(int more) throws IOException {
    byte[] rest = new byte[more];
    Arrays.fill(rest, (byte) 'x');
    Path file = file(gzip("a\n"), gzip("b\n"), rest);

    List<String> read = new ArrayList<>();
    try (JsonLines lines = new JsonLines(file, MOST, bytes -> {})) {
      assertThatThrownBy(
              () -> {
                while (lines.next()) {
                  read.add(new String(lines.bytes(), 0, lines.length(), UTF_8));
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThat(read).containsExactly("a", "b");
  }

  /** The compressed data fills the buffer, so that nothing of what follows has been read. */
  @Test
  void next_whenSomethingFollowsAFullBufferOfGzip_fails() throws IOException {
    byte[] full = new byte[0];
    for (int length = 65_400; full.length != 10 + (1 << 16); length++) { // its header, and the rest
      assertThat(length).isLessThan(65_546);
      full = stored("x".repeat(length - 1) + "\n");
    }
    Path file = file(full, new byte[] {'x'});
    assertThatThrownBy(() -> read(file)).isInstanceOf(IOException.class);
    assertThat(read(file(full))).hasSize(1);
  }

  /** Returns gzip whose size can be chosen: nothing is compressed. */
  private static byte[] stored(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out =
        new GZIPOutputStream(bytes) {
          {
            def.setLevel(Deflater.NO_COMPRESSION);
          }
        }) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void next_ofALongLineOfBlanks_isTooLong() throws IOException {
    String blanks = " ".repeat(MOST + 1);
    assertThat(read(file((blanks + "\nend").getBytes(UTF_8))))
        .containsExactly("1:too long", "2:end");
  }

  @Test
  void next_ofAMarkInALaterLine_leavesIt() throws IOException {
    assertThat(read(file("one\n\ufefftwo".getBytes(UTF_8))))
        .containsExactly("1:one", "2:\ufefftwo");
  }

  @Test
  void next_ofManyGzipMembersOfAnySize_readsAll() throws IOException {
    List<byte[]> parts = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      parts.add(gzip(i % 3 == 0 ? "" : i + "\n"));
      if (i % 3 != 0) {
        expected.add(expected.size() + 1 + ":" + i);
      }
    }
    assertThat(read(file(parts.toArray(new byte[0][])))).isEqualTo(expected);
  }

  @Test
  void next_ofALineOfTheMostBytes_hasItAndOfOneMore_hasNot() throws IOException {
    String most = "x".repeat(MOST);
    List<String> read = read(file((most + "\n" + most + "x\nend").getBytes(UTF_8)));

    assertThat(read.get(0)).hasSize(MOST + 2).startsWith("1:x");
    assertThat(read.subList(1, 3)).containsExactly("2:too long", "3:end");
  }

  @Test
  void next_ofAnEmptyFile_hasNone() throws IOException {
    assertThat(read(file())).isEmpty();
  }
}
