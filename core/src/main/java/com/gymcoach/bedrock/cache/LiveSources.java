package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.env.DaemonPools;
import com.gymcoach.bedrock.cache.internal.live.SettingsWatch;
import com.gymcoach.bedrock.cache.spi.settings.SettingsSource;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adapts a store or a source to what reads live settings. */
final class LiveSources {
  private LiveSources() {}

  static SettingsWatch.Source of(CacheStore store, String namespace) {
    return new SettingsWatch.Source() {
      @Override
      public CompletionStage<String> read() {
        return store.readSettings(namespace);
      }

      @Override
      public Duration budget() {
        return store.currentReadBudget();
      }
    };
  }

  /** Reads a source that may block on a thread of the library. */
  static SettingsWatch.Source of(SettingsSource source, @Nullable CacheStore store) {
    return new SettingsWatch.Source() {
      @Override
      public CompletionStage<String> read() {
        return CompletableFuture.supplyAsync(() -> text(source), DaemonPools.SETTINGS);
      }

      @Override
      public Duration budget() {
        return store == null ? CacheStore.DEFAULT_READ_BUDGET : store.readBudget();
      }
    };
  }

  private static String text(SettingsSource source) {
    try {
      return source.read();
    } catch (Exception failed) {
      throw new CompletionException(failed);
    }
  }

  /** Makes {@code CACHE_ENABLED=false} in the environment win over a process's own mode. */
  static Supplier<CacheMode> unlessDisabled(
      Supplier<CacheMode> environment, Supplier<CacheMode> own) {
    return () -> environment.get() == CacheMode.OFF ? CacheMode.OFF : own.get();
  }
}
