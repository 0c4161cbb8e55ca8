package com.gymcoach.bedrock.cache.spi.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sources of live settings that come with the library. */
class SettingsSourceTest {
  private static final String TEXT = "{\"mode\": \"off\"}";

  @TempDir Path folder;

  @Test
  void file_whenItChanges_isReadAgain() throws Exception {
    Path file = folder.resolve("cache.json");
    SettingsSource source = SettingsSource.file(file);
    assertThat(source.read()).as("before it exists").isEmpty();
    Files.writeString(file, TEXT);
    assertThat(source.read()).isEqualTo(TEXT);
    Files.delete(file);
    assertThat(source.read()).isEmpty();
  }

  @Test
  void file_whenItIsLargeOrNoText_isRefused() throws IOException {
    Path file = folder.resolve("dump");
    Files.write(file, new byte[20_000]);
    assertThatThrownBy(() -> SettingsSource.file(file).read())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 12288 bytes");
    Files.write(file, new byte[] {(byte) 0xc3, 0x28});
    assertThatThrownBy(() -> SettingsSource.file(file).read()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SettingsSource.file(folder).read()).isInstanceOf(IOException.class);
  }

  @Test
  void environment_whenTheVariableIsNotSet_isEmpty() throws Exception {
    assertThat(SettingsSource.environment("BEDROCK_CACHE_NO_SUCH_VARIABLE").read()).isEmpty();
    assertThat(SettingsSource.environment("PATH").read()).isEqualTo(System.getenv("PATH"));
  }

  @Test
  void http_whenTheAgentAnswers_readsItsText() throws Exception {
    HttpServer agent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/",
        exchange -> {
          byte[] body =
              (exchange.getRequestURI().getRawPath() + TEXT).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    agent.start();
    try {
      URI address =
          URI.create(
              "http://127.0.0.1:"
                  + agent.getAddress().getPort()
                  + "/"
                  + HttpSource.encoded("my app/1"));
      assertThat(SettingsSource.http(address).read()).isEqualTo("/my%20app%2F1" + TEXT);
    } finally {
      agent.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 302, 400, 404, 500})
  void http_whenTheStatusIsNot200_fails(int status) throws Exception {
    HttpServer agent =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    agent.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/");
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    agent.start();
    try {
      URI address = URI.create("http://127.0.0.1:" + agent.getAddress().getPort() + "/");
      assertThatThrownBy(() -> SettingsSource.http(address).read())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("status " + status);
    } finally {
      agent.stop(0);
    }
  }

  @Test
  void http_whenItIsNoHttpAddress_saysSo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SettingsSource.http(URI.create("file:///etc/passwd")))
        .withMessageContaining("http:");
  }

  /** The path that AWS documents for the extension. */
  @Test
  void appConfig_always_hasTheExtensionsPath() {
    assertThat(SettingsSource.appConfig("gym coach", "prod", "cache"))
        .isEqualTo(
            SettingsSource.http(
                URI.create(
                    "http://localhost:2772/applications/gym%20coach/environments/prod/configurations/cache")));
  }
}
