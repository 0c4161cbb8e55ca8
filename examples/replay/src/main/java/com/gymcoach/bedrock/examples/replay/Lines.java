package com.gymcoach.bedrock.examples.replay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the lines of a file one by one, so that a bad line can be reported by its number. */
final class Lines implements Closeable {
  private static final int MAX_BYTES = 1 << 20;
  private static final String BYTE_ORDER_MARK = "\ufeff";

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long number;
  private boolean tooLong;

  Lines(Path file) throws IOException {
    in = new BufferedInputStream(Files.newInputStream(file));
  }

  /** Advances to the next line. Returns false if there is none. */
  boolean next() throws IOException {
    line.reset();
    tooLong = false;
    int read = in.read();
    if (read < 0) {
      return false;
    }
    number++;
    for (; read >= 0 && read != '\n'; read = in.read()) {
      tooLong |= line.size() == MAX_BYTES;
      if (!tooLong) {
        line.write(read);
      }
    }
    return true;
  }

  /** Returns the line's number, from 1. */
  long number() {
    return number;
  }

  /** Returns whether the line contains only whitespace. */
  boolean isBlank() {
    return !tooLong && line.toString(ISO_8859_1).isBlank(); // one character per byte
  }

  /** Returns the line without its line break and without the file's byte order mark. */
  String text() throws BadLineException {
    if (tooLong) {
      throw new BadLineException("it is longer than 1 MB");
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
      text = number == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    } catch (CharacterCodingException e) { // its message is less specific
      throw new BadLineException("it is not UTF-8: save the file in that encoding");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
