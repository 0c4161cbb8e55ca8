package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ThrottlingException;

/** Tests as users write them. {@link RecordedBedrockTest} runs them with JUnit's own test kit. */
@NullUnmarked // the extension sets the fields
final class RecordedFixtures {
  /** The answers that tests got, in the order in which they came. */
  static final List<String> ANSWERS = new CopyOnWriteArrayList<>();

  static final String PROMPT = "My secret ambition is the squat";

  private RecordedFixtures() {}

  @RecordedBedrock(clients = LocalClients.class)
  static class EveryWay {
    final BedrockRuntimeClient none = null;
    BedrockRuntimeClient field;

    @Test
    void asks(BedrockRuntimeClient bedrock, BedrockRuntimeAsyncClient asyncBedrock) {
      ANSWERS.addAll(Asked.all(bedrock, asyncBedrock, PROMPT));
    }

    @Test
    void asksByField() {
      assertThat(none).isNull();
      ANSWERS.add(Asked.converse(field, "By field"));
      field.close();
      field.close(); // as code under test may
      ANSWERS.add(Asked.converse(field, "By field"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"squat", "bench press"})
    void asksEach(String exercise, BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, exercise));
    }

    @Nested
    class Inner {
      @Test
      void asks(BedrockRuntimeAsyncClient bedrock) {
        ANSWERS.add(Asked.converse(bedrock, "inner"));
        ANSWERS.add(Asked.converse(field, "inner, by the outer field"));
      }
    }
  }

  /** How many requests {@link EveryWay} makes that differ. */
  static final int EVERY_WAY = 11;

  @RecordedBedrock(clients = LocalClients.class)
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class PerClass {
    static BedrockRuntimeClient shared;
    BedrockRuntimeClient field;
    private final BedrockRuntimeClient given;

    PerClass(BedrockRuntimeClient given) {
      this.given = given;
    }

    @BeforeAll
    void askFirst(BedrockRuntimeAsyncClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, "before all"));
      ANSWERS.add(Asked.converse(field, "before all, by field"));
      ANSWERS.add(Asked.converse(shared, "before all, by static field"));
    }

    @BeforeEach
    void askAgain(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, "before all"));
    }

    @Test
    void one() {
      ANSWERS.add(Asked.converse(field, "one"));
    }

    @Test
    void two() {
      ANSWERS.add(Asked.converse(shared, "one"));
      ANSWERS.add(Asked.converse(given, "one"));
    }
  }

  static class OneMethod {
    BedrockRuntimeClient field;

    @Test
    @RecordedBedrock(clients = LocalClients.class)
    void recorded(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, "one method"));
      ANSWERS.add(Asked.converse(field, "one method"));
    }

    @Test
    void bare() {
      assertThat(field).isNull();
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  @Execution(ExecutionMode.CONCURRENT)
  static class AtOnce {
    @RepeatedTest(8)
    void asks(BedrockRuntimeClient bedrock, BedrockRuntimeAsyncClient asyncBedrock) {
      ANSWERS.add(Asked.converse(bedrock, "at once"));
      ANSWERS.add(Asked.stream(asyncBedrock, "at once"));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class Swallows {
    @Test
    void fallsBack(BedrockRuntimeClient bedrock) {
      try {
        ANSWERS.add(Asked.converse(bedrock, PROMPT));
      } catch (SdkException e) {
        ANSWERS.add("the model is not available");
      }
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class StreamsUnrecorded {
    @Test
    void stream(BedrockRuntimeAsyncClient bedrock) {
      ANSWERS.add(Asked.stream(bedrock, PROMPT));
    }

    @Test
    void async(BedrockRuntimeAsyncClient bedrock) {
      ANSWERS.add(Asked.invoke(bedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class Throttled {
    @Test
    void isThrottled(BedrockRuntimeClient bedrock) {
      assertThatThrownBy(() -> Asked.converse(bedrock, PROMPT))
          .isInstanceOf(ThrottlingException.class);
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class OneQuestion {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class TwoQuestions {
    static volatile String second = "second";

    @Test
    void asksFirst(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, "first"));
    }

    @Test
    void asksSecond(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, second));
    }
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class MethodsOfOneInstance {
    BedrockRuntimeClient field;

    @Test
    @RecordedBedrock(clients = LocalClients.class)
    void one() {
      ANSWERS.add(field.toString());
    }

    @Test
    @RecordedBedrock(clients = LocalClients.class)
    void two() {
      ANSWERS.add(field.toString());
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class WithNested {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, "outer"));
    }

    @Nested
    class Inner {
      @Test
      void asksToo(BedrockRuntimeClient bedrock) {
        ANSWERS.add(Asked.converse(bedrock, "inner"));
      }
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class EachExercise {
    static volatile String failing = "";

    @ParameterizedTest
    @ValueSource(strings = {"squat", "bench press"})
    void asks(String exercise, BedrockRuntimeClient bedrock) {
      assertThat(exercise).isNotEqualTo(failing);
      ANSWERS.add(Asked.converse(bedrock, exercise));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class Keeps {
    static volatile BedrockRuntimeClient kept;

    @Test
    void keeps(BedrockRuntimeClient bedrock) {
      kept = bedrock;
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class Profile {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ConverseRequest request =
          Asked.request(PROMPT).toBuilder()
              .modelId("arn:aws:bedrock:us-east-1:987654321098:inference-profile/us." + Asked.MODEL)
              .build();
      ANSWERS.add(bedrock.converse(request).output().message().content().get(0).text());
    }
  }

  /** Subclasses inherit the annotation, and so its folder. */
  static final String SHARED_FOLDER = "target/recordings-of-two-classes";

  @RecordedBedrock(clients = LocalClients.class, folder = SHARED_FOLDER)
  abstract static class OfBoth {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, getClass().getSimpleName()));
    }
  }

  static class FirstOfTwo extends OfBoth {}

  static class SecondOfTwo extends OfBoth {}

  @Retention(RetentionPolicy.RUNTIME)
  @interface Fake {}

  /** Resolves parameters that have its annotation, as extensions of mock libraries do. */
  static class Doubles implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.isAnnotated(Fake.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return new BedrockRuntimeClient() {
        @Override
        public String serviceName() {
          return "a double";
        }

        @Override
        public void close() {}
      };
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @interface NonNull {}

  @RecordedBedrock(clients = LocalClients.class)
  @ExtendWith(Doubles.class)
  static class OtherExtension {
    @Test
    void asks(@NonNull BedrockRuntimeClient bedrock, @Fake BedrockRuntimeClient other) {
      assertThat(other.serviceName()).isEqualTo("a double");
      ANSWERS.add(Asked.converse(bedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class OneStream {
    @Test
    void asks(BedrockRuntimeAsyncClient bedrock) {
      ANSWERS.add(Asked.stream(bedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class, secrets = "[Ss]ecret \\w+", hideEmails = true)
  static class Secrets {
    @Test
    void asks(BedrockRuntimeClient bedrock, BedrockRuntimeAsyncClient asyncBedrock) {
      ANSWERS.addAll(Asked.all(bedrock, asyncBedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class, hideEmails = false)
  static class Emails {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, PROMPT));
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class OwnCache {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      try (BedrockCache cache = BedrockCache.builder().build()) {
        CachingBedrockClient mine = CachingBedrockClient.create(bedrock, cache);
        ConverseRequest request =
            CacheScope.user("alice").applyTo(CacheControl.REFRESH.applyTo(Asked.request(PROMPT)));
        assertThat(CacheOutcome.of(mine.converse(request)).cached()).isFalse();
        ConverseRequest again = CacheScope.user("alice").applyTo(Asked.request(PROMPT));
        assertThat(CacheOutcome.of(mine.converse(again)).cached()).isTrue();
        ANSWERS.add(Asked.converse(bedrock, PROMPT));
      }
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class Overrides {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ConverseRequest request =
          Asked.request(PROMPT).toBuilder()
              .overrideConfiguration(o -> o.putHeader("x-tenant", "7"))
              .build();
      ANSWERS.add(bedrock.converse(request).output().message().content().get(0).text());
    }
  }

  @RecordedBedrock(clients = LocalClients.class)
  static class OtherOperation {
    @Test
    void lists(BedrockRuntimeClient bedrock) {
      assertThatThrownBy(() -> bedrock.listAsyncInvokes(r -> r.maxResults(1)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("listAsyncInvokes");
      assertThat(bedrock.serviceName()).isEqualTo("bedrock");
      assertThat(bedrock.serviceClientConfiguration().region()).isNotNull();
      assertThat(bedrock.equals(bedrock)).isTrue();
      assertThat(bedrock.toString()).isNotEmpty();
    }
  }

  @RecordedBedrock(clients = LocalClients.class, secrets = "(")
  static class BadExpression {
    @Test
    void asks(BedrockRuntimeClient bedrock) {
      ANSWERS.add(Asked.converse(bedrock, PROMPT));
    }
  }
}
