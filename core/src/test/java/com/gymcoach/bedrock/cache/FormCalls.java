package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.Configurations.Configuration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlockDeltaEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;

/** The same question asked through Converse and through ConverseStream, with real SDK clients. */
final class FormCalls {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** With which client and in which form a call is made. */
  enum Form {
    SYNC,
    ASYNC,
    STREAM
  }

  /** Asks for both forms to share their answers, everywhere. */
  static class Sharing implements CachePolicy {
    @Override
    public boolean serveBothForms(CallContext call) {
      return true;
    }
  }

  /**
   * A caller's answer.
   *
   * @param text the whole text of the answer
   * @param redacted the redacted reasoning in it
   */
  record Told(CacheOutcome outcome, String text, List<SdkBytes> redacted) {}

  /** Clients of one cache. */
  private final CachingBedrockClient sync;

  private final CachingBedrockAsyncClient async;

  FormCalls(EchoHttp http, BedrockCache cache, Configuration configured) {
    sync = CachingBedrockClient.create(SdkClients.sync(http, configured), cache);
    async = CachingBedrockAsyncClient.create(SdkClients.async(http, configured), cache);
  }

  FormCalls(EchoHttp http, BedrockCache cache) {
    this(http, cache, Configurations.PLAIN);
  }

  /** Returns the forms in which Bedrock answers and in which is asked again: one of each. */
  static Stream<Arguments> pairs() {
    return Stream.of(
        Arguments.of(Form.SYNC, Form.STREAM),
        Arguments.of(Form.ASYNC, Form.STREAM),
        Arguments.of(Form.STREAM, Form.SYNC),
        Arguments.of(Form.STREAM, Form.ASYNC));
  }

  Told ask(Form form) {
    return ask(form, ALICE, CacheControl.DEFAULT);
  }

  Told ask(Form form, CacheScope scope) {
    return ask(form, scope, CacheControl.DEFAULT);
  }

  Told ask(Form form, CacheControl control) {
    return ask(form, ALICE, control);
  }

  Told ask(Form form, CacheScope scope, CacheControl control) {
    return ask(form, scope, control.applyTo(question(form, "How deep?")));
  }

  /** Returns the question as a request of a form. */
  static AwsRequest question(Form form, String text) {
    return form == Form.STREAM ? StreamsTest.ask(text) : FakeBedrock.ask(text);
  }

  /** Makes a call. Throws what the client throws, or what its future fails with. */
  Told ask(Form form, CacheScope scope, AwsRequest request) {
    try {
      return switch (form) {
        case SYNC -> told(sync.forScope(scope).converse((ConverseRequest) request));
        case ASYNC -> told(async.forScope(scope).converse((ConverseRequest) request).join());
        case STREAM -> {
          Listener listener = Listener.eager();
          async.forScope(scope).converseStream((ConverseStreamRequest) request, listener).join();
          yield told(listener);
        }
      };
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
    }
  }

  long invalidate(Form form, CacheScope scope, String question) {
    return form == Form.STREAM
        ? async.forScope(scope).invalidate((ConverseStreamRequest) question(form, question))
        : sync.forScope(scope).invalidate((ConverseRequest) question(form, question));
  }

  private static Told told(ConverseResponse response) {
    List<ContentBlock> content = response.output().message().content();
    StringBuilder text = new StringBuilder();
    content.stream().filter(b -> b.text() != null).forEach(b -> text.append(b.text()));
    return new Told(
        CacheOutcome.of(response),
        text.toString(),
        content.stream()
            .filter(block -> block.reasoningContent() != null)
            .map(block -> block.reasoningContent().redactedContent())
            .toList());
  }

  private static Told told(Listener listener) {
    StringBuilder text = new StringBuilder();
    List<ContentBlockDeltaEvent> deltas =
        listener.events.stream()
            .filter(ContentBlockDeltaEvent.class::isInstance)
            .map(ContentBlockDeltaEvent.class::cast)
            .toList();
    deltas.stream()
        .filter(delta -> delta.delta().text() != null)
        .forEach(delta -> text.append(delta.delta().text()));
    return new Told(
        listener.outcome(),
        text.toString(),
        deltas.stream()
            .filter(delta -> delta.delta().reasoningContent() != null)
            .map(delta -> delta.delta().reasoningContent().redactedContent())
            .toList());
  }
}
