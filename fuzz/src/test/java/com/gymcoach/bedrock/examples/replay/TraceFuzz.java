package com.gymcoach.bedrock.examples.replay;

import static com.gymcoach.bedrock.fuzz.Checks.require;

import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import com.gymcoach.bedrock.fuzz.TemporaryFile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traces: read, or refused as documented with a message that quotes nothing of them. Their calls
 * are in order and in range. Leaving out bad lines never changes a trace that has none.
 */
public final class TraceFuzz implements Target {
  private static final int PER_BYTE = 2_048;
  private static final int BASE = 256 * 1_024;

  private final TemporaryFile file = new TemporaryFile();
  private final Checks.Messages messages = new Checks.Messages();

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1]}\n"
            + "{\"timestamp\": 27482, \"input_length\": 7322, \"output_length\": 490, \"hash_ids\":"
            + " [0]}",
        """
        TIMESTAMP,ContextTokens,GeneratedTokens
        2023-11-16 18:15:46.6805900,374,44
        2023-11-16 18:15:50.9951690+01:00,396,109
        """,
        """
        time,user,endpoint,prompt,inputTokens,outputTokens
        1.5,alice,chat,"a, ""b""\",10,20
        2e3,bob,plan,c,1,1
        """);
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    file.write(input);
    Trace strict = read(input, false);
    Trace lenient = read(input, true);
    if (strict == null) {
      require(
          lenient == null || !lenient.badLines().isEmpty(), "A bad line is left out in silence");
      return false;
    }
    require(strict.equals(lenient), "A trace depends on how bad lines are read");
    require(strict.badLines().isEmpty(), "A bad line is taken");
    long before = 0;
    for (Ask ask : strict.asks()) {
      require(
          ask.millis() >= before && ask.inputTokens() > 0 && ask.outputTokens() > 0,
          "A call is out of order or out of range");
      before = ask.millis();
    }
    return true;
  }

  private @Nullable Trace read(byte[] input, boolean skipsBadLines) {
    try {
      return Bounds.within(
          input, PER_BYTE, BASE, () -> new TraceReader(4, 1.1, skipsBadLines).read(file.path()));
    } catch (IOException refused) { // as documented
      if (!skipsBadLines) {
        messages.add(refused); // with bad lines, it lists the first ten
      }
      return null;
    }
  }
}
