package com.gymcoach.bedrock.cache;

import java.util.Locale;

/** The source of an answer. */
public enum CacheSource {
  /** This process's memory. */
  HOT,
  /** The warm tier, such as DynamoDB. */
  WARM,
  /** Amazon Bedrock itself. */
  BEDROCK;

  /** Returns the name in lower case, as headers, log fields and log queries have it. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
