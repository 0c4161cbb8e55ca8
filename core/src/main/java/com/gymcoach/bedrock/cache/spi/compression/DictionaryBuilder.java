package com.gymcoach.bedrock.cache.spi.compression;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;

/**
 * Builds a dictionary for {@link Compressor#deflate(int, byte[])} from samples of a service's own
 * answers. A dictionary saves most if entries are small and similar. Add the texts of a few hundred
 * answers with {@link #add}. They are escaped as in an entry, and the JSON that Bedrock puts around
 * them is added automatically.
 *
 * <p>The builder selects runs of whole words, or of JSON names and signs, that several samples have
 * in common. It prefers the run that saves most in text that no earlier choice covers. The best
 * runs come last, where Deflate refers to them with the fewest bits. The same samples in the same
 * order give the same bytes. Different samples give a different dictionary, which needs its own
 * number.
 *
 * <p>A dictionary contains fragments of the samples: set {@link #fewestSamples} high enough that no
 * fragment comes from one person only. The library does not store the dictionary anywhere. Not
 * thread-safe.
 */
public final class DictionaryBuilder {
  private static final int MAX_BYTES = DeflateCompressor.MAX_DICTIONARY_BYTES;

  /**
   * The cost of a reference, in characters that could have been written instead: a length and a
   * distance take about 22 bits, and a character of text takes four to five.
   */
  private static final int REFERENCE = 5;

  private static final int MIN_FRAGMENT = 4;
  private static final int MAX_CHARS = 1_000_000;

  private final List<String> samples = new ArrayList<>();
  private final StringBuilder template = new StringBuilder();
  private int longestFragment = 64;
  private int fewestSamples = 2;
  private final int reference;
  private int chars;

  /** Creates a builder without samples. */
  public DictionaryBuilder() {
    this(REFERENCE);
  }

  /** Creates a builder that reproduces dictionaries built with another cost of a reference. */
  DictionaryBuilder(int reference) {
    this.reference = reference;
  }

  /**
   * Adds the text of an answer of Converse or of a stream, as a caller reads it. It may be JSON
   * written by the model. A few hundred samples are enough. Samples beyond a total of one million
   * characters are ignored.
   */
  public DictionaryBuilder add(String text) {
    return addPayload(new String(JsonStringEncoder.getInstance().quoteAsString(text)));
  }

  /**
   * Adds a sample without escaping it: the body of an InvokeModel answer, such as vectors or the
   * JSON of your own model.
   */
  public DictionaryBuilder addPayload(String sample) {
    if (chars + sample.length() <= MAX_CHARS) {
      samples.add(sample);
      chars += sample.length();
    }
    return this;
  }

  /**
   * Adds text that goes into the dictionary unchanged, such as the names in a service's JSON. The
   * JSON of Bedrock's answers is already included.
   */
  public DictionaryBuilder template(String text) {
    template.append(text);
    return this;
  }

  /** Sets the maximum length of a fragment, in characters, 4 or more. Defaults to 64. */
  public DictionaryBuilder longestFragment(int characters) {
    this.longestFragment = atLeast(MIN_FRAGMENT, "longestFragment", characters);
    return this;
  }

  /**
   * Sets the minimum number of samples in which a fragment must occur, 2 or more. Defaults to 2.
   */
  public DictionaryBuilder fewestSamples(int count) {
    this.fewestSamples = atLeast(2, "fewestSamples", count);
    return this;
  }

  private static int atLeast(int least, String what, int value) {
    if (value < least) {
      throw new IllegalArgumentException(what + " is " + value + ": choose " + least + " or more");
    }
    return value;
  }

  /**
   * Returns the dictionary in UTF-8, at most 32 KiB, with the templates last.
   *
   * @throws IllegalStateException if no two samples have anything in common and no template was
   *     added, or if the templates are too long
   */
  public byte[] build() {
    byte[] end = (template + BedrockJson.TEMPLATE).getBytes(UTF_8);
    if (end.length > MAX_BYTES) {
      throw new IllegalStateException(
          "The templates, Bedrock's JSON included, have "
              + end.length
              + " bytes: leave out some, as Deflate uses no more than "
              + MAX_BYTES);
    }
    ByteArrayOutputStream dictionary = new ByteArrayOutputStream(MAX_BYTES);
    fragments(MAX_BYTES - end.length).forEach(one -> dictionary.writeBytes(one.getBytes(UTF_8)));
    if (dictionary.size() == 0 && template.isEmpty()) {
      throw new IllegalStateException(
          "No two samples have anything in common: add more samples, or a template");
    }
    dictionary.writeBytes(end);
    return dictionary.toByteArray();
  }

  /** Returns the fragments selected from the samples, the best last. */
  List<String> fragments(int maxBytes) {
    String text = String.join("\0", samples);
    PriorityQueue<Fragment> best = new PriorityQueue<>(Fragment.BEST_FIRST);
    for (Fragment each : candidates()) {
      if (each.inSamples >= fewestSamples) {
        each.saves = (long) each.used * (each.text.length() - reference);
        best.add(each);
      }
    }
    BitSet covered = new BitSet(text.length());
    List<Fragment> taken = new ArrayList<>();
    int bytes = 0;
    while (!best.isEmpty() && bytes < maxBytes) {
      Fragment next = Objects.requireNonNull(best.poll());
      long saves = next.savesBeyond(covered, reference);
      Fragment rival = best.peek();
      if (rival != null && saves < rival.saves) {
        if (saves > 0) {
          next.saves = saves;
          best.add(next);
        }
      } else if (saves > 0 && bytes + next.bytes() <= maxBytes) {
        next.saves = saves;
        next.cover(covered);
        taken.add(next);
        bytes += next.bytes();
      }
    }
    taken.sort(Fragment.BEST_FIRST.reversed());
    return taken.stream().map(one -> one.text).toList();
  }

  /** Returns every run of whole tokens of acceptable length, with the places where it occurs. */
  private Iterable<Fragment> candidates() {
    Map<String, Fragment> found = new HashMap<>();
    int offset = 0;
    for (int i = 0; i < samples.size(); i++) {
      String sample = samples.get(i);
      int[] edges = edges(sample);
      for (int from = 0; from < edges.length; from++) {
        for (int to = from + 1;
            to < edges.length && edges[to] - edges[from] <= longestFragment;
            to++) {
          if (edges[to] - edges[from] >= MIN_FRAGMENT) {
            String run = sample.substring(edges[from], edges[to]);
            found.computeIfAbsent(run, Fragment::new).occurs(offset + edges[from], i);
          }
        }
      }
      offset += sample.length() + 1;
    }
    return found.values();
  }

  /**
   * Returns the offsets at which tokens begin. A token is a word with the space before it, or a run
   * of signs and spaces.
   */
  private static int[] edges(String sample) {
    int[] edges = new int[sample.length() + 1];
    int count = 0;
    int at = 0;
    while (at < sample.length()) {
      edges[count++] = at;
      int word = at;
      while (word < sample.length() && Character.isWhitespace(sample.charAt(word))) {
        word++;
      }
      boolean isWord = word < sample.length() && !isSign(sample.charAt(word));
      at = isWord ? endOfWord(sample, word) : endOfSigns(sample, word);
    }
    edges[count++] = sample.length();
    return Arrays.copyOf(edges, count);
  }

  private static int endOfWord(String sample, int from) {
    int at = from;
    while (at < sample.length()
        && !isSign(sample.charAt(at))
        && !Character.isWhitespace(sample.charAt(at))) {
      at++;
    }
    return at;
  }

  private static int endOfSigns(String sample, int from) {
    int at = from;
    while (at < sample.length()
        && (isSign(sample.charAt(at)) || Character.isWhitespace(sample.charAt(at)))) {
      at++;
    }
    return at;
  }

  private static boolean isSign(char c) {
    return "\",:{}[]".indexOf(c) >= 0;
  }

  /** A run of tokens. */
  private static final class Fragment {
    /** Orders by saving, then by text, so that the order is always the same. */
    static final Comparator<Fragment> BEST_FIRST =
        Comparator.comparingLong((Fragment f) -> f.saves).reversed().thenComparing(f -> f.text);

    final String text;
    int[] places = new int[2];
    int used;
    int inSamples;
    private int lastSample = -1;
    long saves;

    Fragment(String text) {
      this.text = text;
    }

    void occurs(int place, int sample) {
      if (used == places.length) {
        places = Arrays.copyOf(places, used * 2);
      }
      places[used++] = place;
      if (sample != lastSample) {
        lastSample = sample;
        inSamples++;
      }
    }

    int bytes() {
      return text.getBytes(UTF_8).length;
    }

    /** Returns how many characters this fragment would save in text that is not covered yet. */
    long savesBeyond(BitSet covered, int reference) {
      long saved = 0;
      for (int i = 0; i < used; i++) {
        int already = covered.get(places[i], places[i] + text.length()).cardinality();
        saved += Math.max(0, text.length() - already - reference);
      }
      return saved;
    }

    void cover(BitSet covered) {
      for (int i = 0; i < used; i++) {
        covered.set(places[i], places[i] + text.length());
      }
    }
  }
}
