package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What {@link WarmUpBuilder} was told. Immutable. */
final class Settings {
  final Path requests;
  final BedrockCaller caller;
  final PriceList prices;
  final double requestsPerSecond;
  final int burst;
  final int concurrency;
  final @Nullable Double maxUsd;
  final long maxCalls;
  final long unstatedOutputTokens;
  final int stopAfter;
  final @Nullable Path stateFile;
  final WarmUpListener listener;
  final TimeSource time;
  final Duration finishWithin;
  final @Nullable Pause pause;

  Settings(WarmUpBuilder from, BedrockCaller caller) {
    this.requests = from.requests;
    this.caller = caller;
    this.prices = from.prices;
    this.requestsPerSecond = from.requestsPerSecond;
    this.burst = from.burst;
    this.concurrency = from.concurrency;
    this.maxUsd = from.maxUsd;
    this.maxCalls = from.maxCalls;
    this.unstatedOutputTokens = from.unstatedOutputTokens;
    this.stopAfter = from.stopAfter;
    this.stateFile = from.stateFile;
    this.listener = from.listener;
    this.time = from.time;
    this.finishWithin = from.finishWithin;
    this.pause = from.pause;
  }
}
