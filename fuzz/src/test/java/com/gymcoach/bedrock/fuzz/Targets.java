package com.gymcoach.bedrock.fuzz;

import com.gymcoach.bedrock.cache.LiveSettingsFuzz;
import com.gymcoach.bedrock.cache.PriceListFuzz;
import com.gymcoach.bedrock.cache.internal.events.CaptureFuzz;
import com.gymcoach.bedrock.cache.internal.sdk.AnswerFuzz;
import com.gymcoach.bedrock.cache.internal.wire.CanonicalJsonFuzz;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeFuzz;
import com.gymcoach.bedrock.cache.spi.compression.InflateFuzz;
import com.gymcoach.bedrock.dynamodb.StoredItemFuzz;
import com.gymcoach.bedrock.examples.lambda.ApiRequestFuzz;
import com.gymcoach.bedrock.examples.local.JwtFuzz;
import com.gymcoach.bedrock.examples.replay.TraceFuzz;
import com.gymcoach.bedrock.examples.replay.logs.LogFuzz;
import com.gymcoach.bedrock.redis.RedisMemberFuzz;
import com.gymcoach.bedrock.testkit.RecordedFileFuzz;
import com.gymcoach.bedrock.warmup.RequestLineFuzz;
import java.util.Locale;

/** The targets. Each stands in the package of the code that it tries. */
enum Targets {
  ENVELOPE,
  ANSWER,
  CANONICAL_JSON,
  CAPTURE,
  INFLATE,
  PRICE_LIST,
  LIVE_SETTINGS,
  TRACE,
  LOG,
  REQUEST_LINE,
  RECORDED_FILE,
  API_REQUEST,
  JWT,
  STORED_ITEM,
  REDIS_MEMBER;

  Target make() {
    return switch (this) { // which loads the classes of no other target
      case ENVELOPE -> new EnvelopeFuzz();
      case ANSWER -> new AnswerFuzz();
      case CANONICAL_JSON -> new CanonicalJsonFuzz();
      case CAPTURE -> new CaptureFuzz();
      case INFLATE -> new InflateFuzz();
      case PRICE_LIST -> new PriceListFuzz();
      case LIVE_SETTINGS -> new LiveSettingsFuzz();
      case TRACE -> new TraceFuzz();
      case LOG -> new LogFuzz();
      case REQUEST_LINE -> new RequestLineFuzz();
      case RECORDED_FILE -> new RecordedFileFuzz();
      case API_REQUEST -> new ApiRequestFuzz();
      case JWT -> new JwtFuzz();
      case STORED_ITEM -> new StoredItemFuzz();
      case REDIS_MEMBER -> new RedisMemberFuzz();
    };
  }

  /** Returns the name of the target's files. */
  String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
