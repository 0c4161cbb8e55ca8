package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users with few permissions, passwords and TLS, as docs/redis.md describes them. */
@Timeout(120)
class RedisAccessTest {
  /** The rules of docs/redis.md. */
  static final String SERVICE =
      "~CACHE:* resetchannels -@all +evalsha +eval +evalsha_ro +eval_ro +hmget +hget +hset +strlen +get +set"
          + " +unlink +zadd +zrem +zrange +zscore +zscan +scan +pexpire +pexpireat +pexpiretime +time"
          + " +info +ping +hello +auth";

  /** The rules of a service that may read only. */
  static final String READER =
      "%R~CACHE:* resetchannels -@all +evalsha_ro +eval_ro +hmget +strlen +get +info +ping +hello +auth";

  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private final List<AutoCloseable> open = new ArrayList<>();
  private final RedisClient client = RedisClient.create();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private RedisCacheStore store(RedisURI uri) {
    return closing(
        RedisCacheStore.builder()
            .client(client, uri)
            .readBudget(Duration.ofSeconds(10))
            .writeBudget(Duration.ofSeconds(10))
            .build());
  }

  private RedisServer serverWithUsers(String... rules) {
    List<String> settings = new ArrayList<>();
    for (String rule : rules) {
      settings.add("--user");
      settings.addAll(List.of(rule.split(" ", -1)));
    }
    return closing(RedisServer.start(settings.toArray(new String[0])));
  }

  private static RedisURI as(RedisServer server, String user, String password) {
    RedisURI uri = server.uri();
    return RedisURI.builder(uri).withAuthentication(user, password.toCharArray()).build();
  }

  private static void use(RedisCacheStore store) {
    assertThat(get(store.read(new StoreQuery(ADDRESS, true, true))).markers()).isNotNull();
    get(store.write(ADDRESS, new byte[] {1}, Instant.now().plusSeconds(60)));
    assertThat(get(store.read(new StoreQuery(ADDRESS, true, true))).envelope()).containsExactly(1);
  }

  @Test
  void verify_withTheDocumentedRules_findsNoProblem() {
    RedisServer server = serverWithUsers("service on >secret " + SERVICE);
    RedisCacheStore store = store(as(server, "service", "secret"));
    assertThat(store.verify()).isEmpty();
    use(store);
    assertThat(get(store.readSettings("default"))).isEmpty();
    assertThat(get(store.deleteAll(ADDRESS.partition(), null))).containsExactly(ADDRESS);
  }

  @Test
  void read_byAUserThatMayOnlyRead_findsWhatOthersWrite() {
    RedisServer server =
        serverWithUsers("service on >secret " + SERVICE, "reader on >secret " + READER);
    RedisCacheStore reader = store(as(server, "reader", "secret"));
    StoreRead before = get(reader.read(new StoreQuery(ADDRESS, true, true)));
    assertThat(before.markers()).isNull(); // no writer has given the partition one
    use(store(as(server, "service", "secret")));
    StoreRead read = get(reader.read(new StoreQuery(ADDRESS, true, true)));
    assertThat(read.envelope()).containsExactly(1);
    assertThat(read.markers()).isNotNull();
    assertThat(reader.isAvailable()).isTrue();
    assertThat(reader.verify())
        .containsExactly(
            "The store could not invalidate (NOPERM): give the user the commands and keys of"
                + " docs/redis.md.",
            "The store could not write (NOPERM): give the user the commands and keys of"
                + " docs/redis.md.",
            "The store could not delete (NOPERM): give the user the commands and keys of"
                + " docs/redis.md.");
  }

  @Test
  void f03_missingPermission_isPermanent() {
    RedisServer server =
        serverWithUsers("service on >secret ~OTHER:* -@all +evalsha_ro +eval_ro +hello");
    RedisCacheStore store = store(as(server, "service", "secret"));
    assertThat(store.read(new StoreQuery(ADDRESS, true, false)).toCompletableFuture())
        .failsWithin(Duration.ofSeconds(10));
    assertThat(store.isAvailable()).isFalse();
  }

  @Test
  void verify_withAWrongPassword_saysSo() {
    RedisServer server = serverWithUsers("service on >secret " + SERVICE);
    RedisCacheStore store = store(as(server, "service", "wrong"));
    assertThat(store.verify())
        .singleElement()
        .asString()
        .startsWith("Redis could not be looked at (")
        .doesNotContain("wrong");
  }

  @Test
  void verify_whenAFullMemoryRefusesInvalidations_saysSo() {
    RedisServer server =
        closing(RedisServer.start("--maxmemory", "50mb", "--maxmemory-policy", "noeviction"));
    assertThat(store(server.uri()).verify())
        .singleElement()
        .asString()
        .startsWith("maxmemory-policy is noeviction");
  }

  @Test
  void everything_overTls_works(@TempDir Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        "redis",
        "-keyalg",
        "RSA",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=ip:127.0.0.1,dns:localhost",
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "-keystore",
        keys.toString());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream in = new FileInputStream(keys.toFile())) {
      store.load(in, "changeit".toCharArray());
    }
    Key key = store.getKey("redis", "changeit".toCharArray());
    Path certificate = pem(folder, "CERTIFICATE", store.getCertificate("redis").getEncoded());
    RedisServer server =
        closing(RedisServer.startTls(certificate, pem(folder, "PRIVATE KEY", key.getEncoded())));
    client.setOptions(
        ClientOptions.builder()
            .sslOptions(SslOptions.builder().trustManager(certificate.toFile()).build())
            .build());
    RedisURI uri =
        RedisURI.builder(server.uri()).withSsl(true).withVerifyPeer(SslVerifyMode.FULL).build();
    RedisCacheStore overTls = store(uri);
    assertThat(overTls.verify()).isEmpty();
    use(overTls);
    RedisCacheStore plain = store(server.uri());
    assertThat(plain.verify()).isNotEmpty();
  }

  private static Path pem(Path folder, String kind, byte[] bytes) throws Exception {
    String text =
        "-----BEGIN "
            + kind
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
            + "\n-----END "
            + kind
            + "-----\n";
    return Files.writeString(folder.resolve(kind.replace(' ', '-') + ".pem"), text);
  }

  private static void run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
  }
}
