package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes that are digested, written a second time without a buffer. */
class KeyWriterTest {
  private static final int BUFFER = 1024;

  /** A token, and the bytes that it must have. */
  private record Token(String name, Consumer<KeyWriter> write, byte[] bytes) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Token> tokens() {
    return List.of(
        new Token("tag", out -> out.tag(KeyWriter.END), new byte[] {KeyWriter.END}),
        new Token("true", out -> out.bool(true), new byte[] {KeyWriter.TRUE}),
        new Token("false", out -> out.bool(false), new byte[] {KeyWriter.FALSE}),
        new Token(
            "int",
            out -> out.int32(KeyWriter.INTEGER, 0x8899AABB),
            ByteBuffer.allocate(5).put(KeyWriter.INTEGER).putInt(0x8899AABB).array()),
        new Token(
            "long",
            out -> out.int64(KeyWriter.LONG, 0x8899AABBCCDDEEFFL),
            ByteBuffer.allocate(9).put(KeyWriter.LONG).putLong(0x8899AABBCCDDEEFFL).array()),
        new Token("null", out -> out.string(null), new byte[] {KeyWriter.NULL}),
        string(""),
        string("a"),
        string("a".repeat(64)),
        string("a".repeat(65)),
        string("a".repeat(3 * BUFFER)),
        string("\u007f"),
        string("\u0080"),
        string("é".repeat(64)),
        string("a\ud83d\udcaa"),
        units("\ud83d"),
        units("a\udc00" + "b".repeat(700)),
        new Token("raw", out -> out.raw(bytes(200)), bytes(200)),
        new Token("raw of a buffer", out -> out.raw(bytes(BUFFER)), bytes(BUFFER)),
        new Token("raw of more", out -> out.raw(bytes(BUFFER + 1)), bytes(BUFFER + 1)),
        new Token(
            "bytes",
            out -> out.bytes(KeyWriter.BYTES, bytes(20), 10),
            head(KeyWriter.BYTES, 10, bytes(10))));
  }

  private static Token string(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return new Token(
        "string of " + text.length(),
        out -> out.string(text),
        head(KeyWriter.STRING, bytes.length, bytes));
  }

  private static Token units(String text) {
    ByteBuffer units = ByteBuffer.allocate(2 * text.length());
    text.chars().forEach(unit -> units.putChar((char) unit));
    return new Token(
        "units of " + text.length(),
        out -> out.string(text),
        head(KeyWriter.STRING_OF_UNITS, text.length(), units.array()));
  }

  private static byte[] head(byte tag, int length, byte[] content) {
    return ByteBuffer.allocate(5 + content.length).put(tag).putInt(length).put(content).array();
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return bytes;
  }

  private static Digest sha256(byte[]... parts) throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    for (byte[] part : parts) {
      sha256.update(part);
    }
    return Digest.of(sha256.digest());
  }

  /** Wherever the token begins in the writer's buffer. */
  @ParameterizedTest
  @MethodSource("tokens")
  void digest_isThatOfTheTokensBytes(Token token) throws GeneralSecurityException {
    KeyWriter out = new KeyWriter();
    for (int before = 0; before <= BUFFER + 1; before++) {
      out.raw(bytes(before));
      token.write().accept(out);
      token.write().accept(out);
      assertThat(out.digest())
          .as("after %s bytes", before)
          .isEqualTo(sha256(bytes(before), token.bytes(), token.bytes()));
    }
  }

  @Test
  void digest_ofAllTokens_isThatOfTheirBytes() throws GeneralSecurityException {
    KeyWriter out = new KeyWriter();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (Token token : tokens()) {
      token.write().accept(out);
      expected.writeBytes(token.bytes());
    }
    assertThat(out.digest()).isEqualTo(sha256(expected.toByteArray()));
    assertThat(out.digest()).as("of a new sequence").isEqualTo(sha256());
  }

  @Test
  void token_ofAName_isWhatStringWrites() throws GeneralSecurityException {
    KeyWriter out = new KeyWriter();
    out.string("messages");
    assertThat(out.digest()).isEqualTo(sha256(KeyWriter.token("messages")));
  }
}
