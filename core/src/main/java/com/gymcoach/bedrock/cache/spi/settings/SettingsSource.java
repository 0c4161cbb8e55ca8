package com.gymcoach.bedrock.cache.spi.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a process reads {@link com.gymcoach.bedrock.cache.LiveSettings} from, as text. For the item
 * in the cache's own store, use {@code liveSettingsFromStore()} of the builder instead.
 *
 * <pre>{@code
 * BedrockCache cache =
 *     BedrockCache.builder().liveSettings(SettingsSource.file(Path.of("cache.json"))).build();
 * }</pre>
 *
 * <p>Implementations must be thread-safe.
 */
@FunctionalInterface
public interface SettingsSource {

  /**
   * Reads the text of the settings. May block: it is called on a thread of the cache, never on a
   * caller's. An exception keeps the last settings and is counted as a fault.
   *
   * @return the text, at most 4,096 characters; blank if there are no settings
   */
  String read() throws Exception;

  /**
   * Returns a source that reads a file in UTF-8. A file that does not exist means that there are no
   * settings. Replace the file by renaming another one to it, so that no process reads half of it.
   */
  static SettingsSource file(Path file) {
    return new FileSource(Objects.requireNonNull(file, "file"));
  }

  /**
   * Returns a source that reads an environment variable. One that is not set means that there are
   * no settings.
   */
  static SettingsSource environment(String variable) {
    Objects.requireNonNull(variable, "variable");
    return () -> Objects.requireNonNullElse(System.getenv(variable), "");
  }

  /**
   * Returns a source that reads a configuration of AWS AppConfig from its extension for AWS Lambda,
   * on this machine. The port is 2772, or that of the variable {@code
   * AWS_APPCONFIG_EXTENSION_HTTP_PORT}. Source: AWS AppConfig user guide, "Using AWS AppConfig
   * Agent with AWS Lambda".
   *
   * @param application the name or id of the application
   * @param environment the name or id of the environment
   * @param configuration the name or id of the configuration profile
   */
  static SettingsSource appConfig(String application, String environment, String configuration) {
    String port =
        Objects.requireNonNullElse(System.getenv("AWS_APPCONFIG_EXTENSION_HTTP_PORT"), "2772");
    return http(
        URI.create(
            "http://localhost:"
                + port
                + "/applications/"
                + HttpSource.encoded(application)
                + "/environments/"
                + HttpSource.encoded(environment)
                + "/configurations/"
                + HttpSource.encoded(configuration)));
  }

  /**
   * Returns a source that sends a GET to a local agent, with 1 s each to connect and to read. A
   * status other than 200 is a failure.
   *
   * @throws IllegalArgumentException if it is not an HTTP address
   */
  static SettingsSource http(URI address) {
    return new HttpSource(Objects.requireNonNull(address, "address"));
  }
}
