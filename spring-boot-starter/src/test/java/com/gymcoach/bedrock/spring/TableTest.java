package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import com.gymcoach.bedrock.testkit.DynamoDbLocal.Refusal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Two services on ports that share a table in DynamoDB Local, with entries that are sealed. */
class TableTest {
  private static final AtomicInteger TABLES = new AtomicInteger();
  private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  private static final String OTHER_KEY = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=";

  private static DynamoDbLocal dynamoDb;
  private static BedrockStandIn bedrock;

  private final String table = "table-" + TABLES.incrementAndGet();
  private final List<ConfigurableApplicationContext> running = new ArrayList<>();

  @BeforeAll
  static void start() {
    dynamoDb = DynamoDbLocal.start();
    bedrock = BedrockStandIn.start();
  }

  @AfterAll
  static void stopAll() {
    bedrock.close();
    dynamoDb.close();
  }

  @AfterEach
  void stop() {
    running.forEach(ConfigurableApplicationContext::close);
  }

  @Test
  void answers_whenTwoServicesHaveOneTable_areSharedForEachUser() {
    Http here = service("--sealing.key=bean:key");
    Http there = service("--sealing.key=env:SOME_KEY", "--SOME_KEY=" + KEY);

    assertThat(here.get("/source?q=squats", "ann")).isEqualTo("MISS BEDROCK");
    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("HIT WARM");
    assertThat(there.get("/source?q=squats", "bob")).isEqualTo("MISS BEDROCK");
    assertThat(here.get("/source?q=squats", "bob")).isEqualTo("HIT WARM");
  }

  @Test
  void liveSettings_whenTheFleetIsOff_areObeyedByTheFirstCall() {
    Http doesNot = service("--sealing.key=bean:key");
    CacheAdmin.builder()
        .client(running.get(0).getBean(DynamoDbClient.class))
        .tableName(table)
        .build()
        .liveSettings(LiveSettings.mode(CacheMode.OFF));
    Http reads = service("--sealing.key=bean:key", "--bedrock.cache.live-settings=true");

    assertThat(reads.get("/source?q=squats", "ann")).isEqualTo("BYPASS BEDROCK");
    assertThat(doesNot.get("/source?q=squats", "ann")).isEqualTo("MISS BEDROCK");
  }

  @Test
  void answers_whenTheSealingKeyIsAnother_areNotOpenedAndNoCallFails() {
    Http here = service("--sealing.key=bean:key");
    Http there =
        service("--sealing.key=env:OTHER_KEY", "--sealing.key-id=2", "--OTHER_KEY=" + OTHER_KEY);

    here.get("/source?q=squats", "ann");

    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("MISS BEDROCK");
    assertThat(there.get("/actuator/bedrockcache", "ann")).contains(CacheFault.ENTRY_SEAL.name());
  }

  @Test
  void answers_whenTheOlderKeyIsNamed_areOpenedWithIt() {
    Http here = service("--sealing.key=bean:key");
    Http there =
        service(
            "--sealing.key=env:OTHER_KEY",
            "--sealing.key-id=2",
            "--sealing.older-keys.1=bean:key",
            "--OTHER_KEY=" + OTHER_KEY);

    here.get("/source?q=squats", "ann");

    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("HIT WARM");
  }

  @Test
  void delete_whenOneServiceIsTold_reachesTheMemoryOfTheOther() {
    Http here = service("--sealing.key=bean:key");
    Http there = service("--sealing.key=bean:key");
    here.get("/source?q=squats", "ann");
    here.get("/source?q=squats", "bob");
    there.get("/source?q=squats", "ann");
    there.get("/source?q=squats", "bob");
    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("HIT HOT");

    assertThat(here.send("DELETE", "/actuator/bedrockcache?user=ann", "ann", "").statusCode())
        .isEqualTo(200);

    assertThat(there.get("/source?q=squats", "bob")).isEqualTo("HIT HOT");
    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("MISS BEDROCK");
    assertThat(here.get("/source?q=squats", "ann")).isEqualTo("HIT WARM");
  }

  @Test
  void delete_whenTheTableDoesNotAnswer_failsAndSaysWhatToDo() {
    Http here = service("--sealing.key=bean:key");
    here.get("/source?q=squats", "ann");
    dynamoDb.answerWith(request -> new Refusal(500, "InternalServerError", "none in this test"));
    HttpResponse<String> answer;
    try {
      answer = here.send("DELETE", "/actuator/bedrockcache?user=ann", "ann", "");
    } finally {
      dynamoDb.answerAsUsual();
    }

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BatchGetItem", "PutItem"})
  void health_whenTheTableRefusesOneOperation_saysThatTheStoreIsNotAvailable(String operation) {
    Http here = service("--sealing.key=bean:key");
    assertThat(here.get("/actuator/health", null)).contains("\"storeAvailable\":true");
    dynamoDb.answerWith(
        request ->
            request.operation().equals(operation)
                ? new Refusal(400, "AccessDeniedException", "none in this test")
                : null);
    try {
      here.get("/source?q=squats", "ann");
    } finally {
      dynamoDb.answerAsUsual();
    }

    assertThat(here.get("/actuator/health", null))
        .contains("\"storeAvailable\":false", "\"status\":\"UP\"")
        .doesNotContain("DOWN");
  }

  @Test
  void close_whenAServiceStops_endsTheThreadsOfItsStore() throws Exception {
    Set<Thread> before = storeThreads();
    Http here = service("--sealing.key=bean:key");
    here.get("/source?q=squats", "ann");
    Set<Thread> started = storeThreads();
    started.removeAll(before);
    stop();

    assertThat(started).isNotEmpty();
    for (Thread thread : started) {
      thread.join(30_000);
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  private static Set<Thread> storeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bedrock-cache"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Starts a service whose settings of the cache are given without their common prefix. */
  private Http service(String... settings) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--spring.main.web-application-type=servlet",
                "--bedrock.endpoint=" + bedrock.endpoint(),
                "--management.endpoint.health.show-details=always",
                "--management.endpoints.web.exposure.include=*",
                "--bedrock.cache.key-secret=bean:key",
                "--bedrock.cache.dynamodb.table-name=" + table,
                "--bedrock.cache.dynamodb.read-budget=20s",
                "--bedrock.cache.dynamodb.write-budget=20s"));
    for (String setting : settings) {
      arguments.add(setting.replace("--sealing", "--bedrock.cache.sealing"));
    }
    ConfigurableApplicationContext context =
        SpringApplication.run(Service.class, arguments.toArray(String[]::new));
    running.add(context);
    return new Http(context);
  }

  /** A service with a client for the table, and a key that is a bean. */
  @Configuration(proxyBeanMethods = false)
  @Import(ServletApplication.class)
  static class Service {
    @Bean
    DynamoDbClient dynamoDb(Environment settings) {
      DynamoDbClient client =
          DynamoDbClient.builder()
              .endpointOverride(dynamoDb.endpoint())
              .region(Region.EU_CENTRAL_1)
              .credentialsProvider(
                  StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
              .build();
      CacheTable.create(client, settings.getRequiredProperty("bedrock.cache.dynamodb.table-name"));
      return client;
    }

    @Bean
    byte[] key() {
      return Base64.getDecoder().decode(KEY);
    }

    /** Every hit from memory asks the table first, so that no test has to wait. */
    @Bean
    BedrockCacheCustomizer obeyAtOnce() {
      return builder -> builder.invalidationDelay(Duration.ZERO);
    }
  }
}
