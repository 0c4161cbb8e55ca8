package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

/** The cache's keys, and how they are changed while processes with old and new ones run. */
class CacheKeysTest {
  private static final LocalAws AWS = LocalAws.shared();
  private static final String ONE = key('1');
  private static final String TWO = key('2');
  private static final String OLD = key('o');
  private static final String NEW = key('n');

  private final List<Served> processes = new ArrayList<>();
  private final String alice = "alice-" + UUID.randomUUID();

  @AfterEach
  void close() {
    processes.forEach(process -> process.cache.close());
  }

  private static String key(char character) {
    byte[] bytes = String.valueOf(character).repeat(32).getBytes(StandardCharsets.UTF_8);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** Starts a process that has a secret. Its memory is its own, the table is everybody's. */
  private Served process(String secret) {
    Served process = new Served(AWS, CacheKeys.of(secret.replace('\'', '"')));
    processes.add(process);
    return process;
  }

  private String source(Served process, String message) {
    Reply reply = process.call(chat(alice, message));
    assertThat(reply.status()).isEqualTo(200);
    return reply.source();
  }

  private static String sealing(int with, String... keys) {
    List<String> all = new ArrayList<>();
    for (String key : keys) {
      all.add("'" + (key.equals(ONE) ? 1 : 2) + "':'" + key + "'");
    }
    return "{'sealsWith':" + with + ",'sealingKeys':{" + String.join(",", all) + "}}";
  }

  @Test
  void sealingKey_whenChangedInTwoSteps_losesNoAnswer() {
    assertThat(source(process(sealing(1, ONE)), "zebra")).isEqualTo("bedrock");
    assertThat(source(process(sealing(1, ONE, TWO)), "zebra")).isEqualTo("warm");
    Served sealsWithNew = process(sealing(2, ONE, TWO));
    assertThat(source(sealsWithNew, "zebra")).isEqualTo("warm");
    assertThat(source(sealsWithNew, "lion")).isEqualTo("bedrock");
    assertThat(source(process(sealing(1, ONE, TWO)), "lion")).isEqualTo("warm");
    Served newOnly = process(sealing(2, TWO));
    assertThat(source(newOnly, "lion")).isEqualTo("warm");
    assertThat(source(newOnly, "zebra")).isEqualTo("bedrock");
  }

  @Test
  void sealedAnswer_withoutTheKey_isNotServed() {
    source(process(sealing(1, ONE)), "zebra");

    assertThat(source(process("{}"), "zebra")).isEqualTo("bedrock");
  }

  @Test
  void keySecret_whenChangedInThreeSteps_reachesAllByEachInvalidation() {
    String before = "{'keySecret':'" + OLD + "','alsoInvalidates':'" + NEW + "'}";
    String after = "{'keySecret':'" + NEW + "','alsoInvalidates':'" + OLD + "'}";
    Served old = process(before);
    assertThat(source(old, "zebra")).isEqualTo("bedrock");
    assertThat(source(process(after), "zebra")).isEqualTo("bedrock"); // begins empty
    assertThat(source(process(after), "zebra")).isEqualTo("warm");

    invalidate(old);
    assertThat(source(process(after), "zebra")).isEqualTo("bedrock");
    assertThat(source(process(before), "zebra")).isEqualTo("bedrock");
    invalidate(process(after));
    assertThat(source(process(before), "zebra")).isEqualTo("bedrock");
    assertThat(source(process("{'keySecret':'" + NEW + "'}"), "zebra")).isEqualTo("bedrock");
  }

  /** The control: a secret that is changed in one step halves an invalidation. */
  @Test
  void keySecret_whenChangedInOneStep_isNotReachedByTheOldOnes() {
    String after = "{'keySecret':'" + NEW + "'}";
    source(process(after), "zebra");
    invalidate(process("{'keySecret':'" + OLD + "'}"));

    assertThat(source(process(after), "zebra")).isEqualTo("warm");
  }

  @Test
  void keySecret_whenIntroduced_invalidatesWhatHasNone() {
    source(process("{}"), "zebra");
    invalidate(process("{'keySecret':'" + NEW + "','alsoInvalidates':'none'}"));

    assertThat(source(process("{}"), "zebra")).isEqualTo("bedrock");
  }

  private void invalidate(Served process) {
    Reply reply = process.call(post("/api/ai/cache/invalidate", alice, "{\"invalidateAll\":true}"));
    assertThat(reply.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{} {}",
        "{'keysecret':'enVicmE='}",
        "{'keySecret':'enVicmE='}",
        "{'keySecret':'zebra!'}",
        "{'sealsWith':1}",
        "{'sealingKeys':{'1':'enVicmE='}}",
        "{'sealsWith':2,'sealingKeys':{'1':'enVicmE='}}",
        "{'sealsWith':1,'sealingKeys':{'1':'enVicmE='}}",
        "{'keySecret':'enVicmE=','keySecret':"
      })
  void secret_whenMalformed_isRefusedWithoutQuotingIt(String text) {
    assertThatThrownBy(() -> CacheKeys.of(text.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("enVicmE")
        .hasMessageNotContaining("zebra")
        .hasNoCause();
  }

  @Test
  void keys_areNotInTheirText() {
    assertThat(CacheKeys.of("{\"keySecret\":\"" + OLD + "\"}")).asString().isEqualTo("CacheKeys");
  }

  @Test
  void read_takesTheSecretFromSecretsManager_andFailsIfItIsNotThere() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean known = request.contains("arn:aws:secretsmanager:keys");
          byte[] reply =
              (known
                      ? Events.json().put("SecretString", "{}")
                      : Events.json().put("__type", "ResourceNotFoundException"))
                  .toString()
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(known ? 200 : 400, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    server.start();
    try (SecretsManagerClient client =
        SecretsManagerClient.builder()
            .httpClient(AWS.http)
            .region(Region.US_EAST_1)
            .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .build()) {
      assertThat(CacheKeys.read(client, "arn:aws:secretsmanager:keys").sealer()).isNull();
      assertThatThrownBy(() -> CacheKeys.read(client, "arn:aws:secretsmanager:others"))
          .isInstanceOf(SecretsManagerException.class);
    } finally {
      server.stop(0);
    }
  }
}
