package com.gymcoach.bedrock.benchmarks;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** What is compared, one way a line, in the order of the tables. */
public enum Approach {
  /** This project's cache with every default. */
  OURS("**bedrock-cache**", bedrock -> new OwnAnswers(bedrock, UnaryOperator.identity())),
  /** A map by digest. */
  MAP_BY_SHA256("ConcurrentHashMap by SHA-256 hex", MapAnswers::new);

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // the functions are constructors, and hold nothing
  private final Function<BedrockRuntimeClient, Answers> over;

  Approach(String label, Function<BedrockRuntimeClient, Answers> over) {
    this.label = label;
    this.over = over;
  }

  String label() {
    return label;
  }

  /** Returns this way of answering in front of a client, with nothing kept yet. */
  Answers over(BedrockRuntimeClient bedrock) {
    return over.apply(bedrock);
  }
}
