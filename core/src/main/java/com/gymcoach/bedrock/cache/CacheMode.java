package com.gymcoach.bedrock.cache;

/** Whether the cache takes part. */
public enum CacheMode {
  /** Answers are looked up and kept. */
  ON,
  /** Every call goes straight to the client, untouched and untagged. */
  OFF
}
