package com.gymcoach.bedrock.spring;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Masks the properties that refer to secrets, and the variables that they name, in the actuator's
 * {@code env} and {@code configprops} even if these show values.
 */
final class SecretMask implements SanitizingFunction {
  private static final String SECRET = "bedrockcachekeysecret";
  private static final String SEALING_KEY = "bedrockcachesealingkey";
  private static final String OLDER_KEYS = "bedrockcachesealingolderkeys";

  private final Set<String> variables = new HashSet<>();

  SecretMask(BedrockCacheProperties properties) {
    Stream.concat(
            Stream.of(properties.keySecret(), properties.sealing().key()),
            properties.sealing().olderKeys().values().stream())
        .forEach(this::add);
  }

  private void add(@Nullable String reference) {
    if (reference != null) {
      variables.add(plain(KeyReferences.variableOf(reference)));
    }
  }

  @Override
  public SanitizableData apply(SanitizableData data) {
    String name = plain(data.getKey());
    boolean secret =
        name.equals(SECRET)
            || name.equals(SEALING_KEY)
            || name.startsWith(OLDER_KEYS)
            || variables.contains(name);
    return secret ? data.withValue(SanitizableData.SANITIZED_VALUE) : data;
  }

  /** Reduces the ways to write one property, such as {@code BEDROCK_CACHE_KEYSECRET}, to one. */
  private static String plain(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }
}
