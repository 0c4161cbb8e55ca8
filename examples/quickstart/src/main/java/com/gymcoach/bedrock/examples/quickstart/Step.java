package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.CacheSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * A step of the tour, with its expected result.
 *
 * @param from the expected source of the answer
 * @param arriving the exact number of requests that must arrive during the call
 * @param before an action before the call, whose requests are not counted
 * @param call the call, which is timed and whose requests are counted
 * @param check another check of the answer: returns what is wrong, or null
 */
record Step(
    String number,
    String title,
    CacheSource from,
    Counts arriving,
    Runnable before,
    Supplier<Answer> call,
    Function<ConverseResponse, @Nullable String> check) {

  Step(String number, String title, CacheSource from, Counts arriving, Supplier<Answer> call) {
    this(number, title, from, arriving, () -> {}, call, response -> null);
  }

  Step first(Runnable before) {
    return new Step(number, title, from, arriving, before, call, check);
  }

  Step checking(Function<ConverseResponse, @Nullable String> check) {
    return new Step(number, title, from, arriving, before, call, check);
  }
}
