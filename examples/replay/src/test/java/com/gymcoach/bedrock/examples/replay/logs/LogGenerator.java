package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a log as Bedrock does: folders by hour, files with JSON lines, compressed or not. Calls
 * are spread over the files in no order. Returns the calls that were written.
 */
final class LogGenerator {
  static final String HAIKU = "anthropic.claude-3-5-haiku-20241022-v1:0";
  static final String NOVA = "amazon.nova-lite-v1:0";

  /** No report may hold any of these. */
  static final String SECRET = "hamstring";

  private static final Instant BEGIN = Instant.parse("2026-11-01T00:00:00Z");
  private static final Duration SPAN = Duration.ofDays(14);
  private static final int FILES = 24;
  private static final int TYPICAL = 1_700;
  private static final int EVENT = 67;
  private static final String FILLER =
      "My left hamstring aches after deadlifts, so please plan around it. ";

  private final Random random;
  private final int calls;
  private final List<Asked> asked = new ArrayList<>();

  private LogGenerator(long bytes, long seed) {
    this.random = new Random(seed);
    this.calls = (int) (bytes / TYPICAL);
  }

  /** Writes about as many bytes, before they are compressed. */
  static List<Asked> write(Path folder, long bytes, long seed) throws IOException {
    LogGenerator generator = new LogGenerator(bytes, seed);
    generator.write(folder);
    return generator.asked;
  }

  private void write(Path folder) throws IOException {
    List<OutputStream> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      Path hour =
          Files.createDirectories(
              folder.resolve(
                  String.format(
                      Locale.ROOT,
                      "AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/2026/11/01/%02d",
                      i)));
      OutputStream file =
          Files.newOutputStream(hour.resolve(i % 2 == 0 ? "log.json.gz" : "log.json"));
      files.add(i % 2 == 0 ? new GZIPOutputStream(file, 1 << 16) : file);
    }
    // A body that Bedrock has put aside is no record.
    Path data =
        Files.createDirectories(
            folder.resolve("AWSLogs/123456789012/BedrockModelInvocationLogs/us-east-1/data"));
    Files.writeString(data.resolve("body_input.json"), "{\"prompt\": \"" + SECRET + "\"}");
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < calls; i++) {
      line.setLength(0);
      record(i, line);
      files.get(random.nextInt(FILES)).write(line.append('\n').toString().getBytes(UTF_8));
    }
    for (OutputStream file : files) {
      file.close();
    }
  }

  private void record(int number, StringBuilder line) {
    int prompt = (int) (calls * Math.pow(random.nextDouble(), 3));
    int kind = prompt % 4;
    String operation =
        List.of("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")
            .get(kind);
    String model = kind < 2 && prompt % 8 < 4 ? NOVA : HAIKU;
    String endpoint = List.of("chat", "meal-plan", "search").get(prompt % 3);
    String user = "user-" + random.nextInt(50);
    int chance = random.nextInt(1_000);
    boolean failed = chance < 20;
    boolean tool = chance >= 20 && chance < 90;
    boolean cut = chance >= 90 && chance < 120;
    boolean noInput = chance >= 120 && chance < 130;
    boolean noOutput = chance >= 130 && chance < 135;
    boolean noTokens = chance >= 135 && chance < 145;
    boolean image = chance >= 145 && chance < 155;
    boolean noUser = chance >= 155 && chance < 165;
    int variant = random.nextInt(4);
    long input = 100L + prompt % 900;
    long output = 50L + prompt % 400;
    String body =
        kind < 2
            ? converse(prompt, variant, image)
            : anthropic(prompt, Math.min(2, variant), image);
    String answer = failed ? "" : answer(kind, prompt, tool, cut, input, output);
    Instant time = BEGIN.plus(SPAN.multipliedBy(number).dividedBy(calls));
    line.append("{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\",");
    line.append("\"timestamp\":\"")
        .append(time)
        .append("\",\"accountId\":\"123456789012\",\"identity\":{\"arn\":");
    line.append("\"arn:aws:sts::123456789012:assumed-role/app/session\"},");
    line.append("\"region\":\"us-east-1\",\"requestId\":\"request-")
        .append(number)
        .append("\",\"operation\":\"");
    line.append(operation).append("\",\"modelId\":\"").append(model).append('"');
    line.append(failed ? ",\"errorCode\":\"ThrottlingException\"" : "");
    line.append(",\"requestMetadata\":{\"feature\":\"").append(endpoint).append('"');
    line.append(noUser ? "" : ",\"user\":\"" + user + "\"").append("},\"input\":{");
    line.append("\"inputContentType\":\"application/json\",");
    line.append(
        noInput
            ? "\"inputBodyS3Path\":\"s3://logs/data/" + number + "_input.json.gz\""
            : "\"inputBodyJson\":" + body);
    line.append(noTokens ? "" : ",\"inputTokenCount\":" + input);
    line.append("},\"output\":{\"outputContentType\":\"application/json\"");
    line.append(
        failed
            ? ""
            : noOutput
                ? ",\"outputBodyS3Path\":\"s3://logs/data/" + number + "_output.json.gz\""
                : ",\"outputBodyJson\":" + answer);
    line.append(failed ? "" : ",\"outputTokenCount\":" + output).append("}}");
    boolean priced = !failed && !noTokens;
    double usd =
        model.equals(HAIKU)
            ? (0.8 * input + 4 * output) / 1e6
            : (0.06 * input + 0.24 * output) / 1e6;
    String same = prompt + (image ? " image" : "");
    asked.add(
        new Asked(
            noInput ? "" : same + " " + (kind < 2 ? variant : Math.min(2, variant)),
            noInput ? "" : same,
            noUser ? "" : user,
            model + " " + endpoint,
            Instant.ofEpochMilli(time.toEpochMilli()),
            kind % 2 == 1,
            !noInput && !image,
            !failed && !tool && !cut && !noOutput,
            priced ? usd : 0,
            answer.length() + (kind == 1 && !noTokens ? (int) (EVENT * output) : 0)));
  }

  private static String prompt(int prompt) {
    return "Question " + prompt + ": " + FILLER.repeat(4 + prompt % 5);
  }

  private static String converse(int prompt, int variant, boolean image) {
    String text = "{\"text\":\"" + prompt(prompt) + "\"}";
    String picture =
        image
            ? ",{\"image\":{\"format\":\"png\",\"source\":{\"s3Location\":"
                + "{\"uri\":\"s3://logs/image.png\"}}}}"
            : "";
    String config = "\"inferenceConfig\":{\"maxTokens\":512,\"temperature\":0.7}";
    return switch (variant) {
      case 0 ->
          "{"
              + config
              + ",\"messages\":[{\"content\":["
              + text
              + picture
              + "],\"role\":\"user\"}]}";
      case 1 ->
          "{ \"messages\": [ { \"role\": \"user\", \"content\": [ "
              + text
              + picture
              + " ] } ], "
              + config
              + " }";
      case 2 ->
          "{\"messages\":[{\"role\":\"user\",\"content\":["
              + text
              + picture
              + ",{\"cachePoint\":{\"type\":\"default\"}}]}],"
              + config
              + "}";
      default ->
          "{\"requestMetadata\":{\"feature\":\"any\"},"
              + "\"messages\":[{\"role\":\"user\",\"content\":["
              + text
              + picture
              + "]}],"
              + config
              + "}";
    };
  }

  private static String anthropic(int prompt, int variant, boolean image) {
    String version = "\"anthropic_version\":\"bedrock-2023-05-31\"";
    String messages =
        "\"messages\":[{\"content\":\""
            + (image ? "s3://logs/" : "")
            + prompt(prompt)
            + "\",\"role\":\"user\"}]";
    return switch (variant) {
      case 0 -> "{" + version + ",\"max_tokens\":512," + messages + "}";
      case 1 -> "{" + messages + ",\"max_tokens\":512," + version + "}";
      default -> "{ " + version + ", \"max_tokens\": 512, " + messages + " }";
    };
  }

  private static String answer(
      int kind, int prompt, boolean tool, boolean cut, long input, long output) {
    String stop = tool ? "tool_use" : cut ? "max_tokens" : "end_turn";
    String text = "Mind your hamstring. ".repeat(20 + prompt % 20);
    return switch (kind) {
      case 0, 1 ->
          "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
              + text
              + "\"}]}},\"stopReason\":\""
              + stop
              + "\",\"metrics\":{\"latencyMs\":812},\"usage\":"
              + "{\"inputTokens\":"
              + input
              + ",\"outputTokens\":"
              + output
              + ",\"totalTokens\":"
              + (input + output)
              + "}}";
      case 2 ->
          "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":"
              + "\"text\",\"text\":\""
              + text
              + "\"}],\"stop_reason\":\""
              + stop
              + "\",\"usage\":"
              + "{\"input_tokens\":"
              + input
              + ",\"output_tokens\":"
              + output
              + "}}";
      default ->
          "[{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\","
              + "\"type\":\"message\",\"role\":\"assistant\",\"content\":[],\"stop_reason\":null}},{\"type\":"
              + "\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""
              + text
              + "\"}},{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\""
              + stop
              + "\"}},{\"type\":\"message_stop\",\"amazon-bedrock-invocationMetrics\":"
              + "{\"inputTokenCount\":"
              + input
              + ",\"outputTokenCount\":"
              + output
              + "}}]";
    };
  }
}
