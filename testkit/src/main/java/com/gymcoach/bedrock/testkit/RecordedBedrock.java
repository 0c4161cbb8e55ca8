package com.gymcoach.bedrock.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Gives tests a client of Bedrock whose answers are recorded: the first run asks Bedrock, later
 * runs read files and need neither credentials nor a network.
 *
 * <pre>{@code
 * @RecordedBedrock
 * class CoachTest {
 *   @org.junit.jupiter.api.Test
 *   void answers(BedrockRuntimeClient bedrock) {
 *     ConverseResponse answer = bedrock.converse(request);
 *   }
 * }
 * }</pre>
 *
 * <p>Parameters of type {@link BedrockRuntimeClient} and {@link BedrockRuntimeAsyncClient} get a
 * client, and so do fields of these types that are null and not final. A parameter with an
 * annotation other than for nullness is left to other extensions. The extension closes the clients;
 * {@code close()} on them does nothing.
 *
 * <p>A call that is not recorded fails with an {@link UnrecordedCallException} if the mode is
 * {@link Mode#REPLAY}, and the test fails at its end even if the code under test caught that. Each
 * answer is a file of JSON without the request. Exceptions of Bedrock are never recorded. If an
 * answer cannot be recorded, because it was cut off for example, the test fails and says why.
 *
 * <p>The system property or JUnit configuration parameter {@code bedrock.recordings} takes
 * precedence over {@link #mode()}: {@code record}, {@code replay}, {@code refresh} or {@code auto}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RecordedBedrockExtension.class)
public @interface RecordedBedrock {

  /** When Bedrock is asked. */
  enum Mode {
    /**
     * As {@link #REPLAY} if the environment variable {@code CI} is set to anything but {@code
     * false}, or if it is absent and a variable of CodeBuild, Azure Pipelines, Jenkins, TeamCity or
     * Bamboo is set. Otherwise as {@link #RECORD}.
     */
    AUTO,
    /** Answers that are not recorded are asked for and recorded. */
    RECORD,
    /** Bedrock is never asked. */
    REPLAY,
    /**
     * Every answer is asked for again, once, and its file replaced. After a class of which every
     * test passed, files that no test used are deleted; but not if the class inherits an annotation
     * that names the folder, because other subclasses use it too.
     */
    REFRESH
  }

  /**
   * The clients that ask Bedrock when something is to be recorded. Each is created at most once for
   * an annotation, by the first call that needs it, and closed at the end. Override what differs;
   * the class needs a constructor without parameters.
   */
  class Clients {
    /** Creates clients with the SDK's defaults. */
    public Clients() {}

    /** Creates the sync client. Defaults to {@link BedrockRuntimeClient#create()}. */
    public BedrockRuntimeClient client() {
      return BedrockRuntimeClient.create();
    }

    /** Creates the async client. Defaults to {@link BedrockRuntimeAsyncClient#create()}. */
    public BedrockRuntimeAsyncClient asyncClient() {
      return BedrockRuntimeAsyncClient.create();
    }
  }

  /** When Bedrock is asked. Defaults to {@link Mode#AUTO}. */
  Mode mode() default Mode.AUTO;

  /**
   * The folder of the recordings, relative to the working directory. Defaults to the class's name
   * below {@code src/test/resources/bedrock-recordings}, or below the folder that the system
   * property or JUnit configuration parameter {@code bedrock.recordings.root} names.
   */
  String folder() default "";

  /** The clients that ask Bedrock. */
  Class<? extends Clients> clients() default Clients.class;

  /**
   * Regular expressions of what is replaced by {@code REDACTED} in the texts of an answer before it
   * is written. Always removed are ids of AWS access keys, secret access keys next to their name,
   * session tokens, signatures, keys of Bedrock's API, bearer tokens, JSON Web Tokens, account
   * numbers in ARNs, and all headers but {@code content-type} and {@code x-amzn-bedrock-*}.
   */
  String[] secrets() default {};

  /** Whether e-mail addresses are removed too. Defaults to true. */
  boolean hideEmails() default true;
}
