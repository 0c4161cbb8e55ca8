package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the ids under which requests name models. Keys are made of the id as it stands. */
public final class ModelIds {
  /** The kinds of ARN that end in a model's id, or in that of a profile of Bedrock's own. */
  private static final Pattern NAMES_ITS_MODEL =
      Pattern.compile("arn:.*[:/](?:foundation-model|inference-profile)/([^/]+)");

  /**
   * The part of the world that an inference profile serves: {@code us.}, {@code apac.}, {@code
   * us-gov.}. A provider must follow it, told by the dot behind it and by the letter behind that:
   * {@code zai.} of {@code zai.glm-4.7} is none.
   */
  private static final Pattern PROFILE =
      Pattern.compile(
          "([a-z]{2,3}(?:-[a-z]{2,5})?|apac|amer|emea|global)\\.([a-z][a-z0-9]*\\.[a-z].*)");

  /** Providers whose names are as short as a profile's. */
  private static final Set<String> SHORT_PROVIDERS = Set.of("xai", "zai");

  /**
   * The models whose answers say how they ended, by how their ids begin. A body of theirs that does
   * not is incomplete, whatever a policy allows.
   */
  static final List<String> KNOWN =
      List.of(
          "ai21.j2",
          "ai21.jamba",
          "amazon.nova",
          "amazon.rerank",
          "amazon.titan",
          "anthropic.",
          "cohere.command",
          "cohere.embed",
          "cohere.rerank",
          "deepseek.",
          "meta.llama",
          "mistral.",
          "openai.",
          "qwen.",
          "stability.",
          "twelvelabs.");

  private ModelIds() {}

  /**
   * Returns the id of the model or of the profile at the end of an ARN, an id as it is, and null
   * for an ARN that does not name its model.
   */
  public static @Nullable String named(String modelId) {
    if (!modelId.startsWith("arn:")) {
      return modelId;
    }
    Matcher arn = NAMES_ITS_MODEL.matcher(modelId);
    return arn.matches() ? arn.group(1) : null;
  }

  /** Returns an id without the prefix of an inference profile. */
  public static String withoutProfile(String id) {
    Matcher profile = PROFILE.matcher(id);
    return profile.matches() && !SHORT_PROVIDERS.contains(profile.group(1)) ? profile.group(2) : id;
  }

  /** Returns whether an id, or an ARN, names a model whose answers say how they ended. */
  static boolean isKnown(String modelId) {
    String named = named(modelId);
    String model = named == null ? "" : withoutProfile(named.toLowerCase(Locale.ROOT));
    return KNOWN.stream().anyMatch(model::startsWith);
  }
}
