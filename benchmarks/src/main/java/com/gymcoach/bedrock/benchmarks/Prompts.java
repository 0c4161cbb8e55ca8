package com.gymcoach.bedrock.benchmarks;

import java.nio.charset.StandardCharsets;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/**
 * Makes requests whose prompt has a given size, from new arrays and strings each time: a String
 * that returns brings its hash along, and an array that returns is equal at a glance. Not
 * thread-safe.
 */
final class Prompts {
  static final String MODEL = "anthropic.claude-3-5-haiku-20241022-v1:0";

  private static final String SENTENCES =
      "Plan a week of training for a runner of 42 years who has two dumbbells and a mat at home. "
          + "Warm up for ten minutes, then three sets of goblet squats, rows and planks. "
          + "Rest 90 seconds between sets and stop when the form suffers. ";
  private static final String HEAD =
      "{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":1024,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"";
  private static final String TAIL = "\"}],\"system\":\"You are a coach.\",\"temperature\":0.2}";
  private static final int DIGITS = 12;

  private final byte[] body;
  private final byte[] prompt;
  private final byte[] system = ascii("You are a coach. Answer in plain words.");

  /** Prompts of that many characters, all of them ASCII. */
  Prompts(int chars) {
    String text = "0".repeat(DIGITS) + text(chars - DIGITS);
    this.prompt = ascii(text);
    this.body = ascii(HEAD + text + TAIL);
  }

  /** Returns text of exactly that many characters. */
  static String text(int chars) {
    return SENTENCES.repeat(chars / SENTENCES.length() + 1).substring(0, chars);
  }

  /** Makes the following requests different from those of any other number. */
  void number(long number) {
    long rest = number;
    for (int at = DIGITS - 1; at >= 0; at--) {
      byte digit = (byte) ('0' + rest % 10);
      prompt[at] = digit;
      body[HEAD.length() + at] = digit;
      rest /= 10;
    }
  }

  InvokeModelRequest invokeModel() {
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .contentType("application/json")
        .body(SdkBytes.fromByteArrayUnsafe(body.clone()))
        .build();
  }

  ConverseRequest converse() {
    return ConverseRequest.builder()
        .modelId(MODEL)
        .system(SystemContentBlock.fromText(fresh(system)))
        .messages(
            Message.builder().role("user").content(ContentBlock.fromText(fresh(prompt))).build())
        .inferenceConfig(c -> c.maxTokens(1024).temperature(0.2f))
        .build();
  }

  private static String fresh(byte[] text) {
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
