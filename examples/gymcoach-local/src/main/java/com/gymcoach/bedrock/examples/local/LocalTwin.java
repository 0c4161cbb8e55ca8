package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.examples.lambda.Settings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * Serves GymCoach's AI service on this machine: the Lambda function, behind an HTTP server that
 * plays API Gateway, with a web page. Runs until it is stopped by SIGTERM or Ctrl-C.
 */
public final class LocalTwin {
  private LocalTwin() {}

  /** Starts the twin; see {@code --help}. */
  public static void main(String[] args) {
    int status = run(System.out, System.getenv(), args);
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Returns 0 if the twin has started or has printed its usage, 2 if it could not start. */
  static int run(PrintStream out, Map<String, String> environment, String... args) {
    Options options;
    try {
      options = Options.parse(environment, args);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.print(Options.USAGE);
      return 2;
    }
    if (options.help()) {
      out.print(Options.USAGE);
      return 0;
    }
    List<LogFile> logs = new ArrayList<>(); // one, or none
    try {
      Twin twin =
          Twin.start(
              options,
              Tokens.withNewSecret(),
              (o, settings) -> {
                if (!o.log()) {
                  logs.add(LogFile.open());
                }
                return open(out, o, settings);
              });
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(twin, out), "stop"));
      out.println(twin.introduction());
      out.println("log: " + (logs.isEmpty() ? "here" : logs.get(0).path()));
      out.println("listening on " + twin.url());
      return 0;
    } catch (SetupException e) {
      out.println(e.getMessage());
      logs.forEach(LogFile::close);
      return 2;
    } catch (RuntimeException | Error e) { // whoever reports it prints to standard output
      logs.forEach(LogFile::close);
      throw e;
    }
  }

  private static void stop(Twin twin, PrintStream out) {
    twin.close();
    out.println("stopped");
    out.flush();
    // A JVM ended by a signal exits with 128 plus its number, but here the stop was requested.
    Runtime.getRuntime().halt(0);
  }

  /** Opens the services. Says what is going on, because it takes some seconds. */
  private static Services open(PrintStream out, Options options, Settings settings) {
    out.println(
        options.aws()
            ? "connecting to DynamoDB and Bedrock"
            : "starting DynamoDB Local and the stand-in for Bedrock");
    Services services =
        options.aws()
            ? AwsServices.connect(
                DefaultAwsRegionProviderChain.builder().build(),
                DefaultCredentialsProvider.builder().build(),
                settings.tableName())
            : LocalServices.start(options.delay(), settings.tableName());
    out.println("starting the function");
    return services;
  }
}
