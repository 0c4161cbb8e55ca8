package com.gymcoach.bedrock.cache.internal.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/**
 * A parser that fails after {@link #MAX_TOKENS} tokens. Jackson itself supports such a limit only
 * from 2.18. Not thread-safe.
 */
final class BoundedParser extends JsonParserDelegate {
  /**
   * Far more tokens than any answer has. A limit is needed because each token may become an object,
   * however few bytes it took.
   */
  private static final int MAX_TOKENS = 1_000_000;

  private int tokens;

  BoundedParser(JsonParser parser) {
    super(parser);
  }

  @Override
  public JsonToken nextToken() throws IOException {
    if (++tokens > MAX_TOKENS) {
      throw new IOException("Body has more than " + MAX_TOKENS + " tokens");
    }
    return super.nextToken();
  }

  /** Counts skipped tokens too, and throws if the input ends first. */
  @Override
  public JsonParser skipChildren() throws IOException {
    JsonToken token = currentToken();
    int open = 0;
    while (token != null) {
      open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (open <= 0) {
        return this;
      }
      token = nextToken();
    }
    throw new IOException("Body ends early");
  }
}
