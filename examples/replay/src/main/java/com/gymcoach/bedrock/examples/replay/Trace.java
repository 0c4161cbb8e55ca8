package com.gymcoach.bedrock.examples.replay;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Calls in the order of time, and where their repeats come from.
 *
 * @param name what it is, for the report
 * @param repeats how it was decided which prompts are equal, and whose they are
 */
record Trace(String name, String repeats, List<Ask> asks) {
  private static final DateTimeFormatter AZURE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSSS]");
  private static final String OWN_HEAD = "time,user,endpoint,prompt,inputTokens,outputTokens";
  private static final String AZURE_HEAD = "TIMESTAMP,ContextTokens,GeneratedTokens";

  /**
   * Reads a trace: Mooncake's JSON lines, Azure's CSV, or the CSV of our own, whose first line is
   * {@code time,user,endpoint,prompt,inputTokens,outputTokens}, the time in seconds, from whenever.
   *
   * @param users among how many users calls are dealt where the trace names none
   * @param zipf how unevenly prompts repeat where the trace does not tell them apart
   * @throws IOException if it cannot be read, naming the line
   */
  static Trace read(Path file, int users, double zipf) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      throw new IOException(file + " is empty");
    }
    String head = lines.get(0).strip();
    String name = String.valueOf(file.getFileName());
    if (head.startsWith("{")) {
      return mooncake(name, lines, users);
    } else if (head.equals(AZURE_HEAD)) {
      return azure(name, lines, users, zipf);
    } else if (head.equals(OWN_HEAD)) {
      return own(name, lines);
    }
    throw new IOException(
        file
            + " is no trace: its first line is neither JSON nor "
            + OWN_HEAD
            + " nor "
            + AZURE_HEAD);
  }

  /** A prompt is its blocks: two calls repeat each other where all blocks and the length do. */
  private static Trace mooncake(String name, List<String> lines, int users) throws IOException {
    List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      try (JsonParser in = new JsonFactory().createParser(lines.get(i))) {
        asks.add(mooncake(in, users));
      } catch (IOException | NumberFormatException e) {
        throw new IOException("Line " + (i + 1) + " of " + name + " is not such a call", e);
      }
    }
    return sorted(
        name,
        "the trace's own: a prompt is its hashed blocks and its length; a user is whoever begins"
            + " with the same second block, dealt among "
            + users,
        asks);
  }

  private static Ask mooncake(JsonParser in, int users) throws IOException {
    long millis = 0;
    int input = 0;
    int output = 0;
    StringBuilder blocks = new StringBuilder();
    long second = 0;
    in.nextToken();
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "timestamp" -> millis = in.getLongValue();
        case "input_length" -> input = in.getIntValue();
        case "output_length" -> output = in.getIntValue();
        case "hash_ids" -> {
          int count = 0;
          while (in.nextToken() != JsonToken.END_ARRAY) {
            second = count++ == 1 ? in.getLongValue() : second;
            blocks.append(in.getLongValue()).append(' ');
          }
        }
        default -> in.skipChildren();
      }
    }
    return new Ask(millis, "user-" + second % users, "chat", blocks + ":" + input, input, output);
  }

  private static Trace azure(String name, List<String> lines, int users, double zipf)
      throws IOException {
    Repeats repeats = new Repeats(users, zipf, 1);
    List<Ask> asks = new ArrayList<>();
    LocalDateTime first = null;
    for (int i = 1; i < lines.size(); i++) {
      String[] parts = lines.get(i).split(",", -1);
      try {
        LocalDateTime time = LocalDateTime.parse(parts[0], AZURE);
        first = first == null ? time : first;
        asks.add(
            repeats.ask(
                ChronoUnit.MILLIS.between(first, time),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2])));
      } catch (DateTimeParseException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException("Line " + (i + 1) + " of " + name + " is not such a call", e);
      }
    }
    return sorted(name, repeats.describe(), asks);
  }

  private static Trace own(String name, List<String> lines) throws IOException {
    List<Ask> asks = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] parts = lines.get(i).split(",", -1);
      try {
        asks.add(
            new Ask(
                Math.round(Double.parseDouble(parts[0]) * 1_000),
                parts[1],
                parts[2],
                parts[3],
                Integer.parseInt(parts[4]),
                Integer.parseInt(parts[5])));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IOException("Line " + (i + 1) + " of " + name + " is not such a call", e);
      }
    }
    return sorted(name, "the trace's own: users and prompts as it names them", asks);
  }

  /** Puts calls into their order, and counts their times from the first. */
  static Trace sorted(String name, String repeats, List<Ask> asks) {
    List<Ask> inOrder = new ArrayList<>(asks);
    inOrder.sort(Comparator.comparingLong(Ask::millis));
    long first = inOrder.isEmpty() ? 0 : inOrder.get(0).millis();
    return new Trace(
        name, repeats, inOrder.stream().map(ask -> ask.at(ask.millis() - first)).toList());
  }
}
