package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a store in files has its entries: {@code namespace/principal[-shard]/endpoint/key.form}.
 * Each of these folders may have a marker.
 */
final class FolderNames {
  /** The file of a marker; no escaped name contains a dot. */
  static final String MARKER = ".marker";

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern ENTRY = Pattern.compile("([0-9a-f]{64})\\.(?:entry|json)");

  /** Windows has devices of these names in every folder. */
  private static final Pattern DEVICE = Pattern.compile("con|prn|aux|nul|(?:com|lpt)[0-9]");

  private final Path root;

  FolderNames(Path root) {
    this.root = root;
  }

  Path namespace(String namespace) {
    return root.resolve(escaped(namespace));
  }

  /** Returns the folder of a partition, or of one endpoint in it. */
  Path folder(Partition partition, @Nullable String endpoint) {
    String shard = partition.shard() == Partition.WHOLE ? "" : "-" + partition.shard();
    Path folder =
        namespace(partition.namespace())
            .resolve(HEX.formatHex(partition.principal().bytes()) + shard);
    return endpoint == null ? folder : folder.resolve(escaped(endpoint));
  }

  Path file(EntryAddress address, EntryFiles form) {
    return folder(address.partition(), address.endpoint())
        .resolve(HEX.formatHex(address.key().bytes()) + form.suffix());
  }

  /** Returns the endpoint whose folder this is. */
  static String endpoint(Path folder) {
    return URLDecoder.decode(last(folder), StandardCharsets.UTF_8);
  }

  /** Returns the key of the entry in a file, or null if the file is of another kind. */
  static @Nullable Digest key(Path file) {
    Matcher name = ENTRY.matcher(last(file));
    return name.matches() ? Digest.of(HEX.parseHex(name.group(1))) : null;
  }

  /** Returns the last part of a path. */
  static String last(Path path) {
    return String.valueOf(path.getFileName());
  }

  /**
   * Returns a name for a file: lower-case letters, digits, hyphens and underscores as they are, and
   * every other character as {@code %} and two hexadecimal digits for each byte. So no name is a
   * path, names differ even where upper and lower case do not, and a decoder of URLs restores them.
   * The first letter of a device is written in the same way.
   */
  private static String escaped(String name) {
    boolean isDevice = DEVICE.matcher(name).matches();
    StringBuilder escaped = new StringBuilder(name.length());
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = (b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_';
      if (plain && !(isDevice && escaped.isEmpty())) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(HEX.toHexDigits(b));
      }
    }
    return escaped.toString();
  }
}
