package com.gymcoach.bedrock.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.redis.RedisCacheStore;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Two services on ports whose bean of a store is one in the same Redis. */
class RedisTest {
  @TempDir static Path folder;
  private static Process redis;
  private static int port;
  private static BedrockStandIn bedrock;

  private final List<ConfigurableApplicationContext> running = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    redis = server();
    while (!accepts()) {
      assertThat(redis.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    bedrock = BedrockStandIn.start();
  }

  /** Starts a server that keeps nothing. Skips the test if the machine has none. */
  private static Process server() throws IOException {
    for (String name : List.of("redis-server", "valkey-server")) {
      for (String path : System.getenv("PATH").split(":", -1)) {
        if (Files.isExecutable(Path.of(path, name))) {
          return new ProcessBuilder(command(Path.of(path, name)))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
        }
      }
    }
    assumeTrue(false, "No redis-server or valkey-server here: apt-get install redis-server");
    throw new IllegalStateException();
  }

  private static List<String> command(Path server) {
    return List.of(
        server.toString(),
        "--port",
        Integer.toString(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        folder.toString());
  }

  private static boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @AfterAll
  static void stopAll() throws Exception {
    if (bedrock != null) {
      bedrock.close();
    }
    if (redis != null) {
      redis.destroyForcibly();
      assertThat(redis.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @AfterEach
  void stop() {
    running.forEach(ConfigurableApplicationContext::close);
  }

  @Test
  void answers_whenTwoServicesHaveOneRedis_areSharedForEachUser() {
    Http here = service();
    Http there = service();

    assertThat(here.get("/source?q=squats", "ann")).isEqualTo("MISS BEDROCK");
    assertThat(there.get("/source?q=squats", "ann")).isEqualTo("HIT WARM");
    assertThat(there.get("/source?q=squats", "bob")).isEqualTo("MISS BEDROCK");
    assertThat(here.get("/source?q=squats", "bob")).isEqualTo("HIT WARM");
  }

  @Test
  void delete_whenOneServiceIsTold_reachesTheMemoryOfTheOther() {
    Http here = service();
    Http there = service();
    here.get("/source?q=lunges", "ann");
    there.get("/source?q=lunges", "ann");
    assertThat(there.get("/source?q=lunges", "ann")).isEqualTo("HIT HOT");

    assertThat(here.send("DELETE", "/actuator/bedrockcache?user=ann", "ann", "").statusCode())
        .isEqualTo(200);

    assertThat(there.get("/source?q=lunges", "ann")).isEqualTo("MISS BEDROCK");
  }

  @Test
  void close_ofTheContext_closesTheStoreAndNotTheClient() {
    service();
    ConfigurableApplicationContext context = running.get(0);
    RedisClient client = context.getBean(RedisClient.class);
    RedisCacheStore store = context.getBean(RedisCacheStore.class);
    assertThat(store.verify()).isEmpty();

    context.getBean(BedrockCache.class).close();

    assertThat(store.verify()).containsExactly("The store is closed.");
    assertThat(client.connect(uri()).sync().ping()).isEqualTo("PONG");
  }

  private static RedisURI uri() {
    return RedisURI.create("redis://127.0.0.1:" + port);
  }

  private Http service() {
    ConfigurableApplicationContext context =
        SpringApplication.run(
            Service.class,
            "--server.port=0",
            "--spring.main.web-application-type=servlet",
            "--bedrock.endpoint=" + bedrock.endpoint(),
            "--management.endpoints.web.exposure.include=*");
    running.add(context);
    return new Http(context);
  }

  /** A service that declares the store itself, as its documentation says. */
  @Configuration(proxyBeanMethods = false)
  @Import(ServletApplication.class)
  static class Service {
    @Bean(destroyMethod = "shutdown")
    RedisClient redisClient() {
      return RedisClient.create();
    }

    @Bean
    RedisCacheStore store(RedisClient client) {
      return RedisCacheStore.builder()
          .client(client, uri())
          .readBudget(Duration.ofSeconds(20))
          .writeBudget(Duration.ofSeconds(20))
          .build();
    }

    /** Every hit from memory asks the store first, so that no test has to wait. */
    @Bean
    BedrockCacheCustomizer obeyAtOnce() {
      return builder -> builder.invalidationDelay(Duration.ZERO);
    }
  }
}
