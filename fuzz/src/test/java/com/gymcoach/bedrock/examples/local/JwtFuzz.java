package com.gymcoach.bedrock.examples.local;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Target;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Bearer tokens. A header is taken only if its token is signed with the secret, by the judgement of
 * the JDK's HMAC. An input that begins with # is a token's header and payload, which are signed, so
 * that the reader of the claims is reached: it takes them only if the issuer is right and the token
 * has not expired, and then as they are.
 */
public final class JwtFuzz implements Target {
  private static final int PER_BYTE = 1_024;
  private static final int BASE = 256 * 1_024;
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
  private static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final JsonMapper JSON = new JsonMapper();

  private final Tokens tokens = new Tokens(SECRET);

  @Override
  public List<byte[]> seeds() {
    String header = "#{\"alg\":\"HS256\",\"typ\":\"JWT\"}\n";
    return List.of(
        ("Bearer " + tokens.issue("alice", true, LATER)).getBytes(UTF_8),
        (header + "{\"iss\":\"gymcoach-local\",\"sub\":\"a\",\"exp\":4102444800}").getBytes(UTF_8));
  }

  @Override
  public List<byte[]> nearMisses() {
    String header = "#{\"alg\":\"HS256\"}\n";
    return List.of(
        ("bearer  " + tokens.issue("bob", false, Instant.EPOCH)).getBytes(UTF_8),
        (header + "{\"iss\":[\"gymcoach-local\"],\"exp\":1.5e9,\"nbf\":1}").getBytes(UTF_8),
        "#{\"alg\":\"none\"}\n{\"iss\":\"gymcoach-local\",\"exp\":4102444800}".getBytes(UTF_8));
  }

  @Override
  public boolean accepts(byte[] input) throws Exception {
    String text = new String(input, ISO_8859_1); // as a server reads a header
    String header = text.startsWith("#") ? signed(text.substring(1)) : text;
    Optional<ObjectNode> claims = Bounds.within(input, PER_BYTE, BASE, () -> tokens.verify(header));
    if (claims.isEmpty()) {
      return false;
    }
    String[] parts = header.substring("Bearer ".length()).strip().split("\\.", -1);
    require(parts.length == 3, "A token without three parts");
    byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
    require(
        Arrays.equals(signature, hmac(parts[0] + "." + parts[1])), "A token that nobody signed");
    JsonNode payload = json(parts[1]);
    JsonNode head = json(parts[0]);
    require(claims.get().equals(payload), "Other claims than the token's");
    require("HS256".equals(head.path("alg").textValue()), "Another algorithm");
    require(Tokens.ISSUER.equals(payload.path("iss").textValue()), "A foreign token");
    require(payload.path("exp").asDouble() > 1.7e9, "An expired token");
    return true;
  }

  private static JsonNode json(String part) throws Exception {
    return JSON.readTree(new String(Base64.getUrlDecoder().decode(part), UTF_8));
  }

  private static String signed(String token) throws GeneralSecurityException {
    int end = Math.max(0, token.indexOf('\n'));
    String parts =
        BASE64.encodeToString(token.substring(0, end).getBytes(ISO_8859_1))
            + "."
            + BASE64.encodeToString(token.substring(end).strip().getBytes(ISO_8859_1));
    return "Bearer " + parts + "." + BASE64.encodeToString(hmac(parts));
  }

  private static byte[] hmac(String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    return mac.doFinal(text.getBytes(UTF_8));
  }
}
