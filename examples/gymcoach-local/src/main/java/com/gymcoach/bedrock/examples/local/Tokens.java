package com.gymcoach.bedrock.examples.local;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.JWTVerifier;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Issues and verifies bearer tokens. They are signed with HS256 and a secret that lives as long as
 * the twin, where Cognito would sign with its own key. Thread-safe.
 */
public final class Tokens {
  static final String ISSUER = "gymcoach-local";

  /** How long a token is valid. */
  public static final Duration LIFE = Duration.ofHours(1);

  private static final String SCHEME = "Bearer ";
  private static final JsonMapper JSON = new JsonMapper();

  private final Algorithm algorithm;
  private final JWTVerifier verifier;

  Tokens(byte[] secret) {
    this.algorithm = Algorithm.HMAC256(secret);
    this.verifier = JWT.require(algorithm).withIssuer(ISSUER).withClaimPresence("exp").build();
  }

  /** Returns tokens with a new random secret. */
  public static Tokens withNewSecret() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return new Tokens(secret);
  }

  /** Returns a token for a user, in Cognito's form. An admin is in the group admin. */
  public String issue(String user, boolean admin, Instant expires) {
    JWTCreator.Builder token =
        JWT.create()
            .withIssuer(ISSUER)
            .withSubject(user)
            .withIssuedAt(Instant.now())
            .withExpiresAt(expires);
    if (admin) {
      token.withArrayClaim("cognito:groups", new String[] {"admin"});
    }
    return token.sign(algorithm);
  }

  /**
   * Returns the claims of the token in an {@code Authorization} header. Empty if there is no token,
   * or if it is foreign or expired.
   */
  Optional<ObjectNode> verify(String header) {
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Optional.empty();
    }
    try {
      DecodedJWT token = verifier.verify(header.substring(SCHEME.length()).strip());
      byte[] payload = Base64.getUrlDecoder().decode(token.getPayload());
      JsonNode claims = JSON.readTree(new String(payload, StandardCharsets.UTF_8));
      return claims instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (JsonProcessingException | RuntimeException e) {
      // The client gets a 401. For a token whose header is null, for example, java-jwt throws
      // exceptions that it does not document.
      return Optional.empty();
    }
  }
}
