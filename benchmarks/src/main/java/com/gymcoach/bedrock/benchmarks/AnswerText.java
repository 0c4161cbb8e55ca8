package com.gymcoach.bedrock.benchmarks;

import java.util.Random;

/**
 * Makes text that is stored in about as many bytes as a real answer: words of a list, drawn by
 * their rank, with common phrases, in sentences. It is the same on each machine and in each run.
 *
 * <p>1,800 characters are compressed to 0.37 of their size with the standard dictionary, and to
 * 0.44 without. For 168 recorded answers of 1,500 to 2,200 characters, the medians are 0.34 and
 * 0.47. A sentence that is repeated comes to half of that.
 */
final class AnswerText {
  /** By rank: Zipf's law makes the first ones frequent. */
  private static final String[] WORDS =
      """
      the and a of to your for in with is on you it that or as are be this can per from at by not
      if each more should will have day week time body training exercise muscle strength weight
      minutes set sets rest protein food water energy heart health warm keep start before after
      slowly hold repeat push pull squat plank row press lunge stretch cardio walk run cycle swim
      back chest shoulder knee hip core leg arm ankle wrist spine posture breath pace effort
      intensity volume progress recovery sleep hydration nutrition balance flexibility mobility
      stability endurance power speed form technique range motion movement resistance band dumbbell
      barbell kettlebell machine mat bench routine session program plan goal habit consistency
      injury pain doctor physician advice consult avoid reduce increase improve maintain support
      build burn gain lose track measure adjust listen focus include consider choose combine
      alternate gradually properly regularly moderate vigorous light heavy short long daily weekly
      morning evening snack breakfast lunch dinner vegetable fruit grain lean meat fish egg dairy
      bean nut seed oil fat fiber carbohydrate vitamin mineral calcium iron sodium sugar calorie
      portion metabolism glucose insulin hormone immune digestive cardiovascular pressure
      cholesterol bone density joint tendon ligament inflammation soreness fatigue stress mood
      motivation confidence beginner intermediate advanced individual specific general overall
      however additionally therefore example important essential effective sustainable realistic
      challenge variety interval circuit superset repetition maximum minimum percent approximately
      """
          .strip()
          .split("\\s+");

  /** Real answers are full of such. */
  private static final String[] PHRASES = {
    "it is important to ",
    "make sure to ",
    "as well as ",
    "try to ",
    "at least ",
    "such as ",
    "you can also ",
    "in addition to ",
    "a combination of ",
    "aim for ",
    "keep in mind that ",
    "the best way to ",
    "can help you ",
    "a variety of "
  };

  private static final double FLATTENED = 2.7;
  private static final int WORDS_BETWEEN_PHRASES = 6;
  private static final int SENTENCES_IN_A_PARAGRAPH = 4;

  private final Random random = new Random(42);
  private final double[] upTo = new double[WORDS.length];
  private final StringBuilder text = new StringBuilder();

  private AnswerText() {
    double sum = 0;
    for (int i = 0; i < WORDS.length; i++) {
      sum += 1 / (i + FLATTENED);
      upTo[i] = sum;
    }
  }

  /** Returns text of exactly that many characters, all of them ASCII without quotes. */
  static String of(int chars) {
    return new AnswerText().write(chars);
  }

  private String write(int chars) {
    for (int sentence = 1; text.length() < chars; sentence++) {
      sentence();
      text.append(sentence % SENTENCES_IN_A_PARAGRAPH == 0 ? "\n\n" : " ");
    }
    return text.substring(0, chars);
  }

  private void sentence() {
    int words = 7 + random.nextInt(14);
    int begins = text.length();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : random.nextInt(12) == 0 ? ", " : " ");
      if (random.nextInt(WORDS_BETWEEN_PHRASES) == 0) {
        text.append(PHRASES[random.nextInt(PHRASES.length)]);
      }
      text.append(word());
    }
    text.setCharAt(begins, Character.toUpperCase(text.charAt(begins)));
    text.append('.');
  }

  private String word() {
    double drawn = random.nextDouble() * upTo[WORDS.length - 1];
    int rank = 0;
    while (upTo[rank] < drawn) {
      rank++;
    }
    return WORDS[rank];
  }
}
