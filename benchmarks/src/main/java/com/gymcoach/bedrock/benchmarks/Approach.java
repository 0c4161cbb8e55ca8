package com.gymcoach.bedrock.benchmarks;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The approaches that are compared, in the order of the tables. */
public enum Approach {
  /** This project's cache with every default: the base of the comparison. */
  OURS("**bedrock-cache**", true, bedrock -> new OwnAnswers(bedrock, UnaryOperator.identity())),
  /** The same, digesting every request. */
  OURS_WITHOUT_MEMO(
      "bedrock-cache without key memo",
      true,
      bedrock -> new OwnAnswers(bedrock, cache -> cache.keyMemoMaxBytes(0))),
  /** Spring with Caffeine. */
  SPRING("Spring `@Cacheable` with Caffeine", true, SpringAnswers::new),
  /** JetCache with a local tier. */
  JETCACHE_LOCAL("JetCache, local", true, JetCacheAnswers::local),
  /** JetCache with both tiers; the local one is hot. */
  JETCACHE_TWO_LEVEL("JetCache, two-level", true, JetCacheAnswers::twoLevel),
  /** A map by digest. */
  MAP_BY_SHA256("ConcurrentHashMap by SHA-256 hex", true, MapAnswers::new),
  /** A digest and no map. */
  SHA256_ALONE("SHA-256 alone", false, DigestAnswers::new),
  /** The request and no digest. */
  NO_CACHE("no cache: building the request", false, NoAnswers::new);

  /** How many answers a cache bounded by their number holds. */
  static final int MAX_ENTRIES = 10_000;

  private final String label;
  private final boolean keeps;

  @SuppressWarnings("ImmutableEnumChecker") // the functions are constructors, and hold nothing
  private final Function<BedrockRuntimeClient, Answers> over;

  Approach(String label, boolean keeps, Function<BedrockRuntimeClient, Answers> over) {
    this.label = label;
    this.keeps = keeps;
    this.over = over;
  }

  String label() {
    return label;
  }

  /** Returns whether it keeps answers at all. */
  boolean keeps() {
    return keeps;
  }

  /** Returns this way of answering in front of a client, with nothing kept yet. */
  Answers over(BedrockRuntimeClient bedrock) {
    return over.apply(bedrock);
  }
}
