package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.testkit.StoredAnswer.Times;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What stands in the file of an entry: its bytes, or the answer in readable form. */
enum EntryFiles {
  /** The entry as the cache gave it. */
  BYTES(".entry") {
    @Override
    byte[] content(EntryFormat format, EntryAddress address, byte[] entry, int maxBytes) {
      return SummedContent.wrap(entry);
    }

    @Override
    byte[] entry(EntryFormat format, EntryAddress address, byte[] content) throws IOException {
      return SummedContent.unwrap(content);
    }
  },

  /**
   * The answer as indented JSON. An entry that cannot be shown, because it is sealed for example,
   * stands there in Base64.
   */
  JSON(".json") {
    @Override
    byte[] content(EntryFormat format, EntryAddress address, byte[] entry, int maxBytes) {
      byte[] shown = shown(format, address, entry);
      return shown != null && shown.length <= maxBytes
          ? shown
          : (opaque(format.fingerprint(address))
                  + Base64.getEncoder().encodeToString(SummedContent.wrap(entry))
                  + OPAQUE_END)
              .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    byte @Nullable [] entry(EntryFormat format, EntryAddress address, byte[] content)
        throws IOException {
      String text = new String(content, StandardCharsets.UTF_8);
      String address32 = format.fingerprint(address);
      String opaque = opaque(address32);
      int end = text.length() - OPAQUE_END.length();
      boolean isOpaque =
          end >= opaque.length() && text.startsWith(opaque) && text.endsWith(OPAQUE_END);
      if (isOpaque) { // the first test: start and end may share a quotation mark in a damaged file
        String bytes = text.substring(opaque.length(), end);
        try {
          return SummedContent.unwrap(Base64.getDecoder().decode(bytes));
        } catch (IllegalArgumentException damaged) {
          throw new IOException("The entry is not in Base64", damaged);
        }
      }
      StoredAnswer answer = AnswerJson.read(text, address32, NEVER_VALID);
      return answer == null ? null : format.write(address, answer);
    }
  };

  private static final String OPAQUE_END = "\"}\n";

  /** The times of an answer whose file has none: such a file was not written here. */
  private static final Times NEVER_VALID = new Times(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH);

  private final String suffix;

  EntryFiles(String suffix) {
    this.suffix = suffix;
  }

  String suffix() {
    return suffix;
  }

  /** Returns the content of the file of an entry. */
  abstract byte[] content(EntryFormat format, EntryAddress address, byte[] entry, int maxBytes);

  /**
   * Returns the entry of a file, or null if it belongs to another address.
   *
   * @throws IOException if the file is damaged
   */
  abstract byte @Nullable [] entry(EntryFormat format, EntryAddress address, byte[] content)
      throws IOException;

  private static String opaque(String address) {
    return "{\"bedrock-cache\":1,\"address\":\"" + address + "\",\"entry\":\"";
  }

  /** Returns an answer in readable form, or null if the entry could not be made of it again. */
  private static byte @Nullable [] shown(EntryFormat format, EntryAddress address, byte[] entry) {
    try {
      StoredAnswer answer = format.read(address, entry);
      String address32 = format.fingerprint(address);
      String json = AnswerJson.write(address32, answer, true);
      StoredAnswer again = AnswerJson.read(json, address32, NEVER_VALID);
      return again != null
              && Arrays.equals(format.write(address, answer), format.write(address, again))
          ? json.getBytes(StandardCharsets.UTF_8)
          : null;
    } catch (IOException notShowable) { // kept as it is
      return null;
    }
  }
}
