package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.CacheSource;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/**
 * One step of the tour, and what must be seen for it to count.
 *
 * @param from where the answer must come from
 * @param arriving what must arrive at the services meanwhile, no more and no less
 * @param before what happens first, uncounted
 * @param call the call that is timed and counted
 * @param check what else must be true of the answer: returns what is wrong, or null
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
