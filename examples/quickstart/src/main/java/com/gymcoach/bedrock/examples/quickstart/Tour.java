package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.io.PrintStream;
import java.util.List;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Demonstrates the cache step by step and checks each step. The exit code is 0 only if all steps
 * had the expected result.
 */
public final class Tour {
  private Tour() {}

  /** Runs the tour; see {@code --help}. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  /** Returns 0 if every step had the expected result, 1 if not, 2 if the tour could not start. */
  static int run(PrintStream out, String... args) {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(Options.USAGE);
      return 2;
    }
    if (options.help()) {
      out.print(Options.USAGE);
      return 0;
    }
    try (Services services = services(options)) {
      requireTable(services, options);
      return run(out, options, services);
    } catch (SetupException e) {
      out.println(e.getMessage());
      return 2;
    }
  }

  static int run(PrintStream out, Options options, Services services) {
    Report report = new Report(out);
    report.begin(services.introduction());
    int failed = new Walk(services, options, report).take();
    report.end(failed);
    return failed == 0 ? 0 : 1;
  }

  private static void requireTable(Services services, Options options) {
    DynamoDbCacheStore.Builder store =
        DynamoDbCacheStore.builder().client(services.dynamoDb()).tableName(options.table());
    try (DynamoDbCacheStore looking = store.build()) {
      List<String> problems = looking.verify();
      if (!problems.isEmpty()) {
        throw new SetupException(String.join("\n", problems));
      }
    }
  }

  private static Services services(Options options) {
    return options.aws()
        ? AwsServices.connect(
            DefaultAwsRegionProviderChain.builder().build(),
            DefaultCredentialsProvider.builder().build())
        : LocalServices.start(options.delay(), options.table());
  }
}
