package com.gymcoach.bedrock.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * Inputs in a text file, one a line, so that version control can show them: as they are, or in
 * Base64 behind an equals sign if they are not one line of text. Lines that begin with # say
 * something about those below.
 */
final class Corpus {
  private static final String BASE64 = "=";
  private static final String COMMENT = "#";

  private Corpus() {}

  /** Returns the inputs in a file, or none if there is no such file. */
  static List<byte[]> read(Path file) throws IOException {
    List<byte[]> inputs = new ArrayList<>();
    try {
      for (String line : Files.readString(file).split("\n", -1)) {
        if (!line.isEmpty() && !line.startsWith(COMMENT)) {
          inputs.add(
              line.startsWith(BASE64)
                  ? Base64.getDecoder().decode(line.substring(1))
                  : line.getBytes(UTF_8));
        }
      }
    } catch (NoSuchFileException absent) { // a target without kept inputs
      return List.of();
    }
    return inputs;
  }

  /** Replaces a file by inputs, the shortest first. */
  static void write(Path file, String comment, List<byte[]> inputs) throws IOException {
    StringBuilder text = new StringBuilder(COMMENT + " " + comment + "\n");
    inputs.stream()
        .map(Corpus::line)
        .distinct()
        .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
        .forEach(line -> text.append(line).append('\n'));
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Returns an input as a line. */
  static String line(byte[] input) {
    String text = asText(input);
    boolean isOneLine =
        !text.isEmpty()
            && !text.startsWith(BASE64)
            && !text.startsWith(COMMENT)
            && text.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    return isOneLine ? text : BASE64 + Base64.getEncoder().encodeToString(input);
  }

  private static String asText(byte[] input) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(input)).toString();
    } catch (CharacterCodingException binary) { // written in Base64
      return "";
    }
  }
}
