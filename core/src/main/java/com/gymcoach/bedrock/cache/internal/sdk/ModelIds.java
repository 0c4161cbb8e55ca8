package com.gymcoach.bedrock.cache.internal.sdk;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Interprets the ids with which requests name models. Keys contain the id unchanged. */
public final class ModelIds {
  /** The kinds of ARN that end in the id of a model or of one of Bedrock's own profiles. */
  private static final Pattern NAMES_ITS_MODEL =
      Pattern.compile("arn:.*[:/](?:foundation-model|inference-profile)/([^/]+)");

  /**
   * The geographic prefix of an inference profile: {@code us.}, {@code apac.}, {@code us-gov.}. It
   * must be followed by a provider, which is recognised by a dot and a letter after it. So {@code
   * zai.} in {@code zai.glm-4.7} is not a prefix.
   */
  private static final Pattern PROFILE =
      Pattern.compile(
          "([a-z]{2,3}(?:-[a-z]{2,5})?|apac|amer|emea|global)\\.([a-z][a-z0-9]*\\.[a-z].*)");

  /** Providers whose names are as short as a geographic prefix. */
  private static final Set<String> SHORT_PROVIDERS = Set.of("xai", "zai");

  /**
   * Id prefixes of the models whose answers say how they ended. If such a model's body does not, it
   * is incomplete, whatever a policy allows.
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
   * Returns the id of the model or profile at the end of an ARN, or null if the ARN does not name
   * its model. Returns an id that is not an ARN unchanged.
   */
  public static @Nullable String named(String modelId) {
    if (!modelId.startsWith("arn:")) {
      return modelId;
    }
    Matcher arn = NAMES_ITS_MODEL.matcher(modelId);
    return arn.matches() ? arn.group(1) : null;
  }

  /** Returns an id without the geographic prefix of an inference profile. */
  public static String withoutProfile(String id) {
    Matcher profile = PROFILE.matcher(id);
    return profile.matches() && !SHORT_PROVIDERS.contains(profile.group(1)) ? profile.group(2) : id;
  }

  /** Returns whether an id or ARN names a model whose answers say how they ended. */
  static boolean isKnown(String modelId) {
    String named = named(modelId);
    String model = named == null ? "" : withoutProfile(named.toLowerCase(Locale.ROOT));
    return KNOWN.stream().anyMatch(model::startsWith);
  }
}
