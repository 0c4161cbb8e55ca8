package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.sealing.EntrySealer;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The cache's secrets. The key secret hides users and prompts in the table; the sealer encrypts
 * answers there.
 *
 * @param keySecret the secret for digests; {@link KeySecret#none()} if there is none
 * @param sealer encrypts entries, or null if they are stored as they are
 */
public record CacheKeys(KeySecret keySecret, @Nullable EntrySealer sealer) {
  private static final String NONE = "none";

  private static final ObjectReader STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build()
          .readerFor(Stored.class);

  /** The secret's text. Bytes are in Base64. */
  private record Stored(
      @JsonProperty("keySecret") byte @Nullable [] keySecret,
      @JsonProperty("alsoInvalidates") @Nullable String alsoInvalidates,
      @JsonProperty("sealsWith") @Nullable Integer sealsWith,
      @JsonProperty("sealingKeys") @Nullable Map<Integer, byte[]> sealingKeys) {}

  /** Returns no keys. */
  public static CacheKeys none() {
    return new CacheKeys(KeySecret.none(), null);
  }

  /**
   * Reads a secret of Secrets Manager.
   *
   * @throws RuntimeException if it cannot be read. The process must not start without its keys: it
   *     would store answers unsealed, and invalidate under the wrong digests
   */
  static CacheKeys read(SecretsManagerClient client, String secretId) {
    return of(client.getSecretValue(request -> request.secretId(secretId)).secretString());
  }

  /**
   * Reads {@code {keySecret, alsoInvalidates, sealsWith, sealingKeys}}. Each part may be absent.
   *
   * @throws IllegalArgumentException if the text has another form. The message does not quote it
   */
  public static CacheKeys of(@Nullable String text) {
    Stored stored;
    try {
      stored = STRICT.readValue(Objects.requireNonNullElse(text, ""));
    } catch (JsonProcessingException e) { // its message would quote a key
      throw new IllegalArgumentException(
          "The secret of the cache is not {keySecret, alsoInvalidates, sealsWith, sealingKeys}");
    }
    KeySecret secret = stored.keySecret == null ? KeySecret.none() : KeySecret.of(stored.keySecret);
    if (stored.alsoInvalidates != null) {
      secret = secret.alsoInvalidates(other(stored.alsoInvalidates));
    }
    return new CacheKeys(secret, sealer(stored));
  }

  private static KeySecret other(String base64) {
    return base64.equals(NONE)
        ? KeySecret.none()
        : KeySecret.of(Base64.getDecoder().decode(base64));
  }

  private static @Nullable EntrySealer sealer(Stored stored) {
    Map<Integer, byte[]> older =
        new TreeMap<>(Objects.requireNonNullElse(stored.sealingKeys, Map.of()));
    if (stored.sealsWith == null && older.isEmpty()) {
      return null;
    }
    byte[] key = stored.sealsWith == null ? null : older.remove(stored.sealsWith);
    if (stored.sealsWith == null || key == null) {
      throw new IllegalArgumentException("sealsWith must be the number of one of sealingKeys");
    }
    return EntrySealer.aes256Gcm(stored.sealsWith, key, older);
  }

  /** Leaves out the keys. */
  @Override
  public String toString() {
    return "CacheKeys";
  }
}
