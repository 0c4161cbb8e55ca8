package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.Engine;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import java.lang.reflect.Field;

/** Opens to the simulator what this package keeps to itself. */
public final class SimulatedCaches {
  private static final Field FENCES = field();

  private SimulatedCaches() {}

  /** Builds a cache whose clocks, threads, timers and random numbers are simulated. */
  public static BedrockCache build(BedrockCacheBuilder builder, Environment environment) {
    return builder.build(environment);
  }

  /** Invalidates a scope as {@link BedrockCache#invalidate} does, but waits in another way. */
  public static long invalidate(BedrockCache cache, CacheScope scope, WaitStrategy waiting) {
    return cache.engine().invalidation().invalidate(scope, waiting);
  }

  /** Returns a cache's fences. */
  public static Fences fences(BedrockCache cache) {
    try {
      return (Fences) FENCES.get(cache.engine());
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Field field() {
    try {
      Field field = Engine.class.getDeclaredField("fences");
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
