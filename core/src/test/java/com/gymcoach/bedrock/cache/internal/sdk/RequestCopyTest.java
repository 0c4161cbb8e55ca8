package com.gymcoach.bedrock.cache.internal.sdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.ModelFields.Path;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

/** What {@code KeyMemo} stands on: copies that say the same, and the SDK's own equality. */
class RequestCopyTest {

  static Stream<Path> paths() {
    return ModelFields.paths().stream();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void copy_ofAnyField_isEqualAndHasTheSameKey(Path path) {
    for (AwsRequest request : requests(path)) {
      AwsRequest copy = RequestCopy.of(request).request();
      assertThat(copy.equalsBySdkFields(request)).as("%s", path).isTrue();
      assertThat(key(copy)).as("%s", path).isEqualTo(key(request));
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void equality_ofTwoRequests_neverOverlooksAFieldOfTheKey(Path path) {
    List<AwsRequest> requests = requests(path);
    for (AwsRequest one : requests) {
      for (AwsRequest other : requests) {
        if (one.equalsBySdkFields(other)) {
          assertThat(key(one)).as("%s", path).isEqualTo(key(other));
        }
      }
    }
  }

  @Test
  void copy_whenTheCallerChangesTheBody_staysAsItWas() {
    byte[] body = "{\"prompt\":\"one\"}".getBytes(UTF_8);
    InvokeModelRequest request = Keys.invoke(body);
    Digest before = key(request);
    AwsRequest copy = RequestCopy.of(request).request();
    body[11] = 'x';
    assertThat(key(request)).isNotEqualTo(before);
    assertThat(key(copy)).isEqualTo(before);
  }

  @Test
  void copy_whenTheCallerChangesADocument_staysAsItWas() {
    Map<String, Document> members = new LinkedHashMap<>();
    List<Document> elements = new ArrayList<>(List.of(Document.fromString("one")));
    members.put("list", Document.fromList(elements));
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId(Keys.MODEL)
            .additionalModelRequestFields(Document.fromMap(members))
            .build();
    AwsRequest copy = RequestCopy.of(request).request();
    Digest before = key(copy);
    elements.set(0, Document.fromString("two"));
    members.put("more", Document.fromNull());
    assertThat(key(copy)).isEqualTo(before);
  }

  @Test
  void bytes_ofALargeBody_countIt() {
    assertThat(RequestCopy.of(Keys.invoke(new byte[100_000])).bytes())
        .isBetween(100_000L, 101_000L);
  }

  private static List<AwsRequest> requests(Path path) {
    List<AwsRequest> requests = new ArrayList<>();
    requests.add((AwsRequest) path.with(null));
    ModelFields.values(path.last().field())
        .forEach(value -> requests.add((AwsRequest) path.with(value)));
    return requests;
  }

  private static Digest key(AwsRequest request) {
    return RequestKeys.key(new KeyInput("Op", "eu", "main", CacheScope.shared(), "m", request))
        .digest();
  }
}
