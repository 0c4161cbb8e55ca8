package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.ModelFields.Member;
import com.gymcoach.bedrock.cache.internal.sdk.ModelFields.Path;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;

/**
 * Whether a field enters the key is decided by a person, for each field of the SDK's model, in
 * {@code key-fields.txt}. If a new version of the SDK brings a field, this test fails until the
 * decision is made. Each decision is then tried on every way to the field.
 */
class FieldClassificationTest {
  private static final Map<String, String> DECIDED = decided();

  @Test
  void everyField_isClassified() {
    Set<String> inModel =
        ModelFields.paths().stream()
            .map(path -> path.last().toString())
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> undecided = new TreeSet<>(inModel);
    undecided.removeAll(DECIDED.keySet());
    Set<String> stale = new TreeSet<>(DECIDED.keySet());
    stale.removeAll(inModel);

    assertThat(undecided).as("fields to be added to key-fields.txt").isEmpty();
    assertThat(stale).as("lines of key-fields.txt whose field is no longer there").isEmpty();
    assertThat(DECIDED.values()).containsOnly("IN_KEY", "IGNORED");
  }

  @Test
  void everyIgnoredField_isLeftOutByTheCode() {
    Map<String, String> done = new TreeMap<>();
    for (Path path : ModelFields.paths()) {
      boolean leftOut = path.members().stream().anyMatch(ModelFields::isLeftOut);
      done.merge(
          path.last().toString(),
          leftOut ? "IGNORED" : "IN_KEY",
          (one, other) -> one.equals(other) ? one : "IN_KEY");
    }
    Set<String> leftOutMembers =
        FieldPlan.LEFT_OUT.entrySet().stream()
            .map(e -> e.getKey().getSimpleName() + "." + e.getValue())
            .collect(Collectors.toSet());

    assertThat(done).containsExactlyInAnyOrderEntriesOf(DECIDED);
    assertThat(DECIDED.keySet()).containsAll(leftOutMembers);
  }

  @Test
  void wireNames_areUniqueWithinClass() {
    Map<Class<?>, Set<String>> members = new HashMap<>();
    Map<Class<?>, Set<String>> wireNames = new HashMap<>();
    for (Path path : ModelFields.paths()) {
      SdkField<?> field = path.last().field();
      Class<?> owner = path.last().owner();
      members.computeIfAbsent(owner, c -> new HashSet<>()).add(field.memberName());
      wireNames.computeIfAbsent(owner, c -> new HashSet<>()).add(field.locationName());
    }

    members.forEach((owner, names) -> assertThat(wireNames.get(owner)).hasSameSizeAs(names));
  }

  @ParameterizedTest
  @MethodSource("inKey")
  void f40_fieldInKey_changesTheKeyWithItsValue(Path path) {
    List<Object> values = ModelFields.values(path.last().field());
    Map<Digest, Object> keys = new HashMap<>();
    keys.put(key(path.with(null)), "absent");
    for (Object value : values) {
      Object sameKey = keys.put(key(path.with(value)), value);

      assertThat(sameKey).as("%s: what has the same key as %s", path, value).isNull();
      assertThat(key(path.with(value))).isEqualTo(key(path.with(value)));
    }
  }

  @ParameterizedTest
  @MethodSource("ignored")
  void ignoredField_leavesTheKeyAlone(Path path) {
    Digest absent = key(path.accompanied(null));

    for (Object value : ModelFields.values(path.last().field())) {
      assertThat(key(path.accompanied(value))).as("%s = %s", path, value).isEqualTo(absent);
    }
  }

  static Stream<Path> inKey() {
    return ModelFields.paths().stream().filter(path -> !isIgnored(path));
  }

  static Stream<Path> ignored() {
    return ModelFields.paths().stream().filter(FieldClassificationTest::isIgnored);
  }

  private static boolean isIgnored(Path path) {
    return path.members().stream()
        .map(Member::toString)
        .anyMatch(member -> Objects.equals(DECIDED.get(member), "IGNORED"));
  }

  private static Digest key(SdkPojo request) {
    return RequestKeys.key(
            new KeyInput("Op", "eu", "main", CacheScope.shared(), "m", (SdkRequest) request))
        .digest();
  }

  private static Map<String, String> decided() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    FieldClassificationTest.class.getResourceAsStream("/key-fields.txt")),
                StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\\s+", 2))
          .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
