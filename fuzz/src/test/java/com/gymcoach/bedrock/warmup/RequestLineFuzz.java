package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.IOException;
import java.util.List;

/**
 * Lines of a file of requests: read, or refused with a message that quotes nothing of them. A
 * request that was read is written as one line and read again as the same, and its cost can be
 * estimated.
 */
public final class RequestLineFuzz implements Target {
  private static final int PER_BYTE = 2_048;
  private static final int BASE = 256 * 1_024;

  private final Checks.Messages messages = new Checks.Messages();

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"operation\":\"Converse\",\"modelId\":\"amazon.nova-lite-v1:0\",\"scope\":\"shared\","
            + "\"endpoint\":\"chat\",\"vary\":{\"locale\":\"de\",\"x\":null},\"body\":{\"messages\":"
            + "[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"},{\"image\":{\"format\":\"png\",\"source\":"
            + "{\"bytes\":\"AQID\"}}}]}],\"inferenceConfig\":{\"maxTokens\":500,\"temperature\":0.5},"
            + "\"additionalModelRequestFields\":{\"k\":[1,2.0,null]}}}",
        "{\"operation\":\"InvokeModel\",\"modelId\":\"m\",\"user\":\"alice\",\"headers\":"
            + "{\"Content-Type\":\"application/json\",\"X-Amzn-Bedrock-Trace\":\"ENABLED\"},"
            + "\"body\":{\"max_tokens\":5,\"n\":2}}",
        "{\"operation\":\"ConverseStream\",\"modelId\":\"m\",\"user\":\"u\",\"body\":{}}",
        "{\"operation\":\"InvokeModelWithResponseStream\",\"modelId\":\"m\",\"user\":\"u\",\"body\":"
            + "{\"a\":[1,\r 2]}}");
  }

  @Override
  public boolean accepts(byte[] input) {
    RequestLine line;
    try {
      line = Bounds.within(input, PER_BYTE, BASE, () -> RequestLine.read(input));
    } catch (IOException refused) { // as documented
      messages.add(refused);
      return false;
    }
    WireRequest wire = WireRequest.of(line.request());
    String written = line.write();
    require(written.indexOf('\n') < 0 && written.indexOf('\r') < 0, "More than one line");
    try {
      RequestLine again = RequestLine.read(written.getBytes(UTF_8));
      require(line.scope().equals(again.scope()), "The scope comes back changed");
      require(isSame(line, again), "The request comes back changed");
      BodyFacts facts = Bounds.within(input, PER_BYTE, BASE, () -> BodyFacts.of(wire.body()));
      require(facts.outputTokens() >= 0, "A negative limit");
    } catch (IOException unread) {
      throw new AssertionError("A line is written that cannot be read", unread);
    }
    return true;
  }

  /** Compares the SDK's requests, but for line ends within a body, which are written as blanks. */
  private static boolean isSame(RequestLine line, RequestLine again) {
    return line.request().equals(again.request())
        || (line.request().getClass() == again.request().getClass()
            && oneLine(line).equals(oneLine(again)));
  }

  private static String oneLine(RequestLine line) {
    WireRequest wire = WireRequest.of(line.request());
    return wire.modelId()
        + wire.headers()
        + new String(wire.body(), UTF_8).replace('\n', ' ').replace('\r', ' ');
  }
}
