package com.gymcoach.bedrock.examples.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bearer tokens. {@code JwtFuzz} looks for more that break the reader. */
class TokensTest {
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
  private static final String HEADER = "{\"alg\":\"HS256\"}";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Tokens tokens = new Tokens(SECRET);

  @Test
  void verify_whenTokenWasIssued_returnsItsClaims() {
    String token = tokens.issue("alice", true, Instant.parse("2100-01-01T00:00:00Z"));

    assertThat(tokens.verify("Bearer " + token))
        .hasValueSatisfying(claims -> assertThat(claims.path("sub").asText()).isEqualTo("alice"));
  }

  /** Anybody can send these: java-jwt reads a token before it looks at the signature. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"null|{}", HEADER + "|null", "[]|{}", "1|2", "{}|{}", "{\"alg\":null}|{}"})
  void verify_whenUnsignedTokenIsNoToken_isEmpty(String header, String payload) {
    String parts = part(header) + "." + part(payload);

    assertThat(tokens.verify("Bearer " + parts + ".x")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{\"iss\":\"gymcoach-local\",\"exp\":4102444841024448000}",
        "{\"iss\":\"gymcoach-local\",\"exp\":-9223372036854775808}",
        "{\"iss\":\"gymcoach-local\",\"exp\":\"soon\"}",
        "{\"iss\":\"gymcoach-local\",\"exp\":1}",
        "{\"iss\":\"elsewhere\",\"exp\":4102444800}"
      })
  void verify_whenSignedClaimsAreNoneOfOurs_isEmpty(String payload) throws Exception {
    String parts = part(HEADER) + "." + part(payload);

    assertThat(tokens.verify("Bearer " + parts + "." + signature(parts))).isEmpty();
  }

  private static String part(String json) {
    return BASE64.encodeToString(json.getBytes(UTF_8));
  }

  private static String signature(String parts) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    return BASE64.encodeToString(mac.doFinal(parts.getBytes(UTF_8)));
  }
}
