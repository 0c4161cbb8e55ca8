package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.testkit.CacheStoreContract;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The contract and the failures against what stands in for DynamoDB in a container, where there is
 * Docker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InContainer {
  private final GenericContainer<?> container;
  private final DynamoDbClient client;

  @SuppressWarnings("resource") // stopped when all tests have run
  InContainer(String image, int port) {
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

  @Nested
  class Contract extends CacheStoreContract {
    private String table = "";

    @Override
    protected CacheStore createStore() {
      table = Dynamo.table(client);
      return createSecondStore();
    }

    @Override
    protected CacheStore createSecondStore() {
      return Dynamo.store(table).client(client).build();
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

  @Nested
  class Faults extends WarmTierFaultsTest {
    Faults(Way way) {
      super(way);
    }

    @Override
    DynamoDbClient dynamo() {
      return client;
    }
  }

  @Nested
  class DamagedEntries extends DamagedEntriesTest {
    DamagedEntries(Way way) {
      super(way);
    }

    @Override
    DynamoDbClient dynamo() {
      return client;
    }
  }

  @Nested
  class Outage extends OutageTest {
    Outage(Way way) {
      super(way);
    }

    @Override
    DynamoDbClient dynamo() {
      return client;
    }
  }

  @Nested
  class Admin extends CacheAdminTest {
    @Override
    DynamoDbClient dynamo() {
      return client;
    }
  }
}
