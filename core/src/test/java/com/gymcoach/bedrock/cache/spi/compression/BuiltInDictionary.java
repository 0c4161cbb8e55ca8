package com.gymcoach.bedrock.cache.spi.compression;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/**
 * Makes the dictionary that the library brings along: from fragments of at most 16 characters that
 * several samples have in common, so that it contains no whole sentence, and from the JSON of
 * Bedrock and its models. The samples are every other one of each corpus; the rest is for
 * measuring.
 */
final class BuiltInDictionary {
  static final int MAX_FRAGMENT = 16;
  private static final int MIN_SAMPLES = 3;

  /** The assumed cost of a reference when this dictionary was made. */
  private static final int REFERENCE = 3;

  private static final int PLANS_TO_LEARN_FROM = 40;

  private BuiltInDictionary() {}

  /** Writes the dictionary made from a folder with the two corpora to a file. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("Give the folder of the corpora and the file to write");
    }
    Files.write(Path.of(args[1]), make(Path.of(args[0])).build());
  }

  static DictionaryBuilder make(Path corpora) throws IOException {
    DictionaryBuilder builder =
        new DictionaryBuilder(REFERENCE).longestFragment(MAX_FRAGMENT).fewestSamples(MIN_SAMPLES);
    everyOther(answers(corpora), 0).forEach(builder::addPayload);
    plans(everyOther(exercises(corpora), 0), PLANS_TO_LEARN_FROM).forEach(builder::addPayload);
    return builder;
  }

  static List<String> answers(Path corpora) throws IOException {
    JsonNodeParser parser = JsonNodeParser.create();
    List<String> texts = new ArrayList<>();
    for (String line : Files.readAllLines(corpora.resolve("fitness-answers.jsonl"))) {
      texts.add(member(parser.parse(line), "text").asString());
    }
    return texts;
  }

  static List<JsonNode> exercises(Path corpora) throws IOException {
    return JsonNodeParser.create()
        .parse(Files.readString(corpora.resolve("exercises.json")))
        .asArray();
  }

  static <T> List<T> everyOther(List<T> all, int first) {
    List<T> some = new ArrayList<>();
    for (int i = first; i < all.size(); i += 2) {
      some.add(all.get(i));
    }
    return some;
  }

  /** Plans as a model would give them: two to four days, each with four of the exercises. */
  static List<String> plans(List<JsonNode> exercises, int count) {
    Random random = new Random(1);
    List<String> plans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      plans.add(plan(random, exercises));
    }
    return plans;
  }

  private static String plan(Random random, List<JsonNode> exercises) {
    List<String> days = new ArrayList<>();
    List<String> names = List.of("Monday", "Tuesday", "Wednesday", "Thursday");
    int most = 2 + random.nextInt(3);
    for (String name : names.subList(0, most)) {
      List<JsonNode> some = new ArrayList<>(exercises);
      Collections.shuffle(some, random);
      List<String> own = some.subList(0, 4).stream().map(e -> exercise(random, e)).toList();
      days.add(
          "{\"day\":\""
              + name
              + "\",\"focus\":\""
              + one(random, "upper body", "lower body", "full body")
              + "\",\"exercises\":["
              + String.join(",", own)
              + "]}");
    }
    return "{\"goal\":\""
        + one(random, "build muscle", "lose weight", "get stronger")
        + "\",\"weeks\":"
        + one(random, "4", "6", "8")
        + ",\"days\":["
        + String.join(",", days)
        + "]}";
  }

  private static String exercise(Random random, JsonNode exercise) {
    Map<String, JsonNode> of = exercise.asObject();
    List<JsonNode> instructions = member(exercise, "instructions").asArray();
    return "{\"name\":"
        + of.get("name")
        + ",\"sets\":"
        + one(random, "3", "4")
        + ",\"reps\":\""
        + one(random, "8-12", "10-15", "5")
        + "\",\"restSeconds\":"
        + one(random, "60", "90", "120")
        + ",\"equipment\":"
        + of.get("equipment")
        + ",\"level\":"
        + of.get("level")
        + ",\"primaryMuscles\":"
        + of.get("primaryMuscles")
        + ",\"secondaryMuscles\":"
        + of.get("secondaryMuscles")
        + ",\"cue\":"
        + (instructions.isEmpty() ? "\"\"" : instructions.get(0))
        + "}";
  }

  private static String one(Random random, String... of) {
    return of[random.nextInt(of.length)];
  }

  private static JsonNode member(JsonNode object, String name) {
    return Objects.requireNonNull(object.asObject().get(name), name);
  }
}
