package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.RequestKeys;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/**
 * Reads a client's configuration and splits it into parts that go into the key and parts that
 * cannot be judged. {@code docs/decisions/008} covers each getter of the SDK's configuration. Holds
 * names and a digest but no values, because a header can be a secret.
 */
final class ClientConfiguration {
  /** Classes whose instances are fully described by their text. */
  private static final Set<Class<?>> PLAIN_VALUES =
      Set.of(
          String.class,
          Boolean.class,
          Character.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class);

  private final ClientRules rules;
  private final Set<String> headers = new TreeSet<>();
  private final Set<String> untrusted = new TreeSet<>();
  private final Set<Class<?>> untrustedClasses = new LinkedHashSet<>();
  private final String digest;

  ClientConfiguration(BedrockRuntimeServiceClientConfiguration from, ClientRules rules) {
    this.rules = rules;
    List<String> texts = new ArrayList<>();
    from.endpointProvider().ifPresent(provider -> judge("endpoint provider", provider));
    judge("auth-scheme provider", from.authSchemeProvider());
    if (from.authSchemes() != null) { // a hand-written configuration may have none
      from.authSchemes().values().forEach(scheme -> judge("auth scheme", scheme));
    }
    ClientOverrideConfiguration overrides = from.overrideConfiguration();
    if (overrides != null) {
      overrides.executionInterceptors().forEach(each -> judge("interceptor", each));
      judgeSigners(overrides);
      readHeaders(overrides.headers(), texts);
      readAttributes(overrides.executionAttributes().getAttributes(), texts);
    }
    this.digest = texts.isEmpty() ? "" : RequestKeys.clientConfiguration(texts).text();
  }

  /** Returns the digest of the parts that go into the key, empty if there are none. */
  String digest() {
    return digest;
  }

  /** Returns the names, in lower case, of the headers that go into the key. */
  Set<String> headers() {
    return headers;
  }

  /** Returns the parts that cannot be judged, as kind and name; empty if there are none. */
  Set<String> untrusted() {
    return untrusted;
  }

  /**
   * Returns the classes of those parts as written in source code, without classes that cannot be
   * named there.
   */
  List<String> trustable() {
    return untrustedClasses.stream()
        .filter(ClientRules::isNameable)
        .map(Class::getCanonicalName)
        .filter(Objects::nonNull)
        .map(name -> name + ".class")
        .sorted()
        .collect(Collectors.toList());
  }

  private void judge(String kind, @Nullable Object part) {
    if (part != null && !rules.trusts(part)) {
      untrusted.add(kind + " " + part.getClass().getName());
      untrustedClasses.add(part.getClass());
    }
  }

  @SuppressWarnings("deprecation") // deprecated, but the SDK still uses it
  private void judgeSigners(ClientOverrideConfiguration overrides) {
    judge("signer", overrides.advancedOption(SdkAdvancedClientOption.SIGNER).orElse(null));
    judge("signer", overrides.advancedOption(SdkAdvancedClientOption.TOKEN_SIGNER).orElse(null));
  }

  private void readHeaders(Map<String, List<String>> all, List<String> texts) {
    Map<String, List<String>> byName = new TreeMap<>();
    all.forEach(
        (name, values) -> {
          if (!rules.ignores(name)) {
            byName
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), absent -> new ArrayList<>())
                .addAll(values);
          }
        });
    byName.forEach(
        (name, values) -> {
          headers.add(name);
          texts.add("header");
          texts.add(name);
          texts.add(Integer.toString(values.size()));
          texts.addAll(values);
        });
  }

  private void readAttributes(Map<ExecutionAttribute<?>, Object> all, List<String> texts) {
    Map<String, ExecutionAttribute<?>> byName = new TreeMap<>();
    for (ExecutionAttribute<?> attribute : all.keySet()) {
      String name = attribute.toString();
      if (!RequestOverrides.isOurs(attribute)
          && !SdkAttributes.contain(attribute)
          && !rules.ignores(name)) {
        byName.put(name, attribute);
      }
    }
    byName.forEach(
        (name, attribute) -> {
          Object value = all.get(attribute);
          String text = text(value);
          if (value == null || text == null) {
            untrusted.add("execution attribute " + name);
          } else {
            texts.add("attribute");
            texts.add(name);
            texts.add(value.getClass().getName());
            texts.add(text);
          }
        });
  }

  /** Returns the text that fully describes a value, or null if the value may hold more. */
  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    return value != null && PLAIN_VALUES.contains(value.getClass()) ? value.toString() : null;
  }
}
