package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The predicted source of an answer in observe mode.
 *
 * @param lifetime the lifetime of the cached answer, or null if there is none
 * @param content what the note of the entry that would have been read says
 * @param seen the fence and markers under which an answer would be kept
 * @param storeRead how long the store took to read the note, or null if it was not asked
 */
record Prediction(
    CacheSource source,
    @Nullable Lifetime lifetime,
    ShadowNotes.Content content,
    Fences.Observation seen,
    @Nullable Duration storeRead) {

  static Prediction miss(Fences.Observation seen, @Nullable Duration storeRead) {
    return new Prediction(CacheSource.BEDROCK, null, ShadowNotes.NOTHING, seen, storeRead);
  }

  static Prediction hot(Lifetime lifetime, Fences.Observation seen, @Nullable Duration storeRead) {
    return new Prediction(CacheSource.HOT, lifetime, ShadowNotes.NOTHING, seen, storeRead);
  }

  boolean hit() {
    return source != CacheSource.BEDROCK;
  }

  /** Returns how long the look-up took. */
  Duration lookUp() {
    return storeRead == null ? Duration.ZERO : storeRead;
  }
}
