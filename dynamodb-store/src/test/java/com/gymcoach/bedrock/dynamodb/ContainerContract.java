package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.testkit.CacheStoreContract;
import java.net.URI;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The contract against what stands in for DynamoDB in a container, where there is Docker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContainerContract extends CacheStoreContract {
  private static final Duration PATIENT = Duration.ofSeconds(20);

  private final GenericContainer<?> container;
  private final DynamoDbClient client;
  private String table = "";

  @SuppressWarnings("resource") // stopped when all tests have run
  ContainerContract(String image, int port) {
    container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(port);
    container.start();
    client =
        Dynamo.client(
            URI.create("http://" + container.getHost() + ":" + container.getMappedPort(port)));
  }

  static boolean isDockerHere() {
    return DockerClientFactory.instance().isDockerAvailable();
  }

  @AfterAll
  void stop() {
    client.close();
    container.stop();
  }

  @Override
  protected CacheStore createStore() {
    table = "cache-" + UUID.randomUUID();
    CacheTable.create(client, table);
    return createSecondStore();
  }

  @Override
  protected CacheStore createSecondStore() {
    return DynamoDbCacheStore.builder()
        .client(client)
        .tableName(table)
        .readBudget(PATIENT)
        .writeBudget(PATIENT)
        .build();
  }

  @Override
  protected boolean breakBackend() {
    client.deleteTable(delete -> delete.tableName(table));
    return true;
  }

  @Override
  protected boolean markNamespace(String namespace, Marker marker) {
    Dynamo.markNamespace(client, table, namespace, marker);
    return true;
  }
}
