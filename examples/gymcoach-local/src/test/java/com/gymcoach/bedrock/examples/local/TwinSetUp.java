package com.gymcoach.bedrock.examples.local;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.gymcoach.bedrock.examples.local.TwinClient.Reply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A twin on a port, and a user who asks it. */
abstract class TwinSetUp {
  static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  static final Algorithm OURS = Algorithm.HMAC256(SECRET);
  static final String NO_ONE =
      "{\"sub\":\"mallory\",\"iss\":\"gymcoach-local\",\"exp\":4102444800}";
  static Twin twin;
  static TwinClient client;
  String alice;
  String question;

  @BeforeAll
  static void start() {
    Options options =
        Options.parse(Map.of(), "--port", "0", "--delay", "0s", "--read-budget", "10s");
    twin =
        Twin.start(
            options,
            new Tokens(SECRET),
            (o, settings) -> LocalServices.start(o.delay(), settings.tableName()));
    client = new TwinClient(twin.url());
  }

  @AfterAll
  static void stop() {
    twin.close();
  }

  @BeforeEach
  void ask() throws Exception {
    alice = client.token("alice");
    question = "How do I squat? " + UUID.randomUUID();
  }

  @AfterEach
  void end() throws Exception {
    client.post("/local/dynamodb/start");
    client.post("/local/bedrock/start");
  }

  static Stream<String> refused() {
    Instant later = Instant.now().plusSeconds(3600);
    Tokens own = new Tokens(SECRET);
    String good = own.issue("alice", false, later);
    String[] parts = good.split("\\.", -1);
    return Stream.of(
        "",
        "Bearer",
        "Bearer ",
        "Basic YWxpY2U6YQ==",
        good, // without the scheme
        "Bearer " + good + "x",
        "Bearer " + good + ", Bearer " + good,
        "Bearer " + own.issue("alice", false, Instant.now().minusSeconds(1)),
        "Bearer "
            + new Tokens("another".repeat(5).getBytes(StandardCharsets.US_ASCII))
                .issue("alice", true, later),
        "Bearer " + parts[0] + "." + base64(NO_ONE) + "." + parts[2], // forged
        "Bearer " + base64("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + base64(NO_ONE) + ".",
        "Bearer " + base64("{\"alg\":\"None\"}") + "." + base64(NO_ONE) + "." + parts[2],
        "Bearer "
            + JWT.create()
                .withIssuer(Tokens.ISSUER)
                .withSubject("a")
                .withExpiresAt(later)
                .sign(Algorithm.HMAC512(SECRET)),
        "Bearer " + JWT.create().withIssuer(Tokens.ISSUER).withSubject("a").sign(OURS), // no exp
        "Bearer "
            + JWT.create().withIssuer("elsewhere").withSubject("a").withExpiresAt(later).sign(OURS),
        "Bearer "
            + JWT.create().withIssuer(Tokens.ISSUER).withExpiresAt(later).sign(OURS), // no sub
        "Bearer "
            + JWT.create()
                .withIssuer(Tokens.ISSUER)
                .withExpiresAt(later)
                .withNotBefore(later)
                .withSubject("a")
                .sign(OURS));
  }

  static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String header(Reply reply, String name) {
    return reply.headers().firstValue(name).orElse("");
  }
}
