package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;

/** Which clients share answers if their class counts. */
class ClientOptionsTest {
  private static final ClientRules RULES = new ClientRules(Set.of(), Set.of());

  private static final class Decorator {}

  /** Named as a library names the subclasses that it generates. */
  private static final class Decorator$$Generated$$0 {}

  private static final class Decorator$$Generated$$1 {}

  @Test
  void onlyClass_whenTheClassIsTheSdks_changesNothing() {
    Class<?> sdk = SdkClients.sync(new EchoHttp(), Configurations.PLAIN).getClass();

    assertThat(identity(options -> options.onlyClass(sdk))).isEqualTo(identity(options -> {}));
  }

  @Test
  void onlyClass_whenTheClassIsAnother_isPartOfTheIdentity() {
    String decorated = identity(options -> options.onlyClass(Decorator.class));

    assertThat(decorated)
        .isEqualTo(identity(options -> options.onlyClass(Decorator.class)))
        .isNotEqualTo(identity(options -> options.onlyClass(Set.class)))
        .isNotEqualTo(identity(options -> {}));
  }

  @Test
  void onlyClass_whenTheClassIsGenerated_doesNotDependOnItsNumber() {
    Class<?> proxy =
        Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {BedrockRuntimeClient.class},
                (self, method, arguments) -> null)
            .getClass();
    String subclass = identity(options -> options.onlyClass(Decorator$$Generated$$0.class));

    assertThat(identity(options -> options.onlyClass(proxy)))
        .endsWith(" proxy")
        .isNotEqualTo(subclass);
    assertThat(subclass)
        .isEqualTo(identity(options -> options.onlyClass(Decorator$$Generated$$1.class)))
        .isNotEqualTo(identity(options -> options.onlyClass(Decorator.class)));
  }

  @Test
  void onlyClass_whenTheClientIsNamed_doesNotCount() {
    assertThat(identity(options -> options.onlyClass(Decorator.class).identity("guarded")))
        .isEqualTo(identity(options -> options.identity("guarded")));
  }

  private static String identity(Consumer<ClientOptions> configured) {
    ClientOptions options = new ClientOptions();
    configured.accept(options);
    return DelegateInfo.of(
            () ->
                BedrockRuntimeServiceClientConfiguration.builder().region(Region.US_EAST_1).build(),
            RULES,
            options)
        .identity()
        .key();
  }
}
