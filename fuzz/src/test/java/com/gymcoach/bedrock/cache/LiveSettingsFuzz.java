package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import java.util.List;

/** Live settings: parsed, or refused with a message that quotes nothing of them. */
public final class LiveSettingsFuzz implements Target {
  private static final int PER_BYTE = 256;
  private static final int BASE = 64 * 1_024;

  private final Checks.Messages messages = new Checks.Messages();

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"mode\": \"off\", \"rolloutPercent\": 25, \"endpointsOff\": [\"chat\", \"plan\"]}",
        "{\"mode\":\"OBSERVE\",\"rolloutPercent\":1.5e1}",
        " ",
        "{}");
  }

  @Override
  public boolean accepts(byte[] input) {
    String text = new String(input, UTF_8);
    LiveSettings settings;
    try {
      settings = Bounds.within(input, PER_BYTE, BASE, () -> LiveSettings.parse(text));
    } catch (IllegalArgumentException refused) { // as documented
      messages.add(refused);
      return false;
    }
    require(LiveSettings.parse(settings.toJson()).equals(settings), "Settings come back changed");
    return true;
  }
}
