package com.gymcoach.bedrock.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** The stand-in's built-in texts. All are our own. */
final class FitnessTexts {
  private static final JsonFactory JSON = new JsonFactory();

  private record Topic(Pattern words, String text) {}

  /**
   * The topics, the narrower first: a meal plan is a plan too, so meals come before plans. The
   * words are whole words, because "create" contains "eat".
   */
  private static final List<Topic> TOPICS =
      List.of(
          topic(
              "meals?|eat|eating|diets?|dietary|food|nutrition|calories?|protein|recipes?",
              "Build each meal around a palm of protein, a fist of grains or potatoes and two fists"
                  + " of vegetables: oats with berries in the morning, lentils with rice at noon,"
                  + " tofu with potatoes in the evening. Season with herbs, and drink water with"
                  + " every meal."),
          topic(
              "squats?|squatting",
              "Stand with your feet at shoulder width, brace, and sit down between your hips. Keep"
                  + " the whole foot on the floor and your knees in line with your toes. Start with"
                  + " three sets of eight at a weight that leaves two repetitions in reserve."),
          topic(
              "form|technique",
              "Brace before each repetition. Move slowly enough to stop at any point. Keep your"
                  + " joints in line with the load. Use the range that you control. Film one set"
                  + " from the side. Stop if a joint hurts."),
          topic(
              "motivat\\w*|give up",
              "You do not need a perfect week, only the next session. Lay your shoes out tonight and"
                  + " promise yourself ten minutes; most days you will stay for more."),
          topic(
              "progress|performance|plateau",
              "Compare the same lift at the same effort, the average of a week's body weight, and"
                  + " how many sessions you did. If two of the three have stalled, add one set to"
                  + " each exercise before you add weight."),
          topic(
              "substitut\\w*|alternatives?|instead",
              "Choose an exercise that trains the same muscles with less load on what hurts: a goblet"
                  + " squat for a barbell squat, a row with a band for a pull-up, a floor press for a"
                  + " bench press."),
          topic(
              "warm up|warm-up|warming up",
              "Walk briskly for five minutes, move each joint that you will load, then do two light"
                  + " sets of the first exercise."),
          topic(
              "rest|recovery|recover|sleep",
              "Rest two minutes between heavy sets and one between light ones. Leave two days before"
                  + " you train the same muscles hard again, and sleep seven hours or more."),
          topic(
              "walk|walking|run|running|cardio",
              "Walking counts: half an hour on most days, fast enough to talk but not to sing. Add"
                  + " two short strength sessions a week to keep your muscles."),
          topic(
              "plans?|workouts?|programs?|programmes?|train|training",
              "Alternate upper and lower body on your training days. Do three sets of eight to twelve"
                  + " of each exercise, with two minutes of rest, and add a little weight when all"
                  + " sets reach twelve. Walk on the other days."));

  /** Fits all other questions. */
  private static final String ANY =
      "Keep it simple: move every day, lift twice a week, sleep enough, and change one thing at a"
          + " time.";

  private FitnessTexts() {}

  private static Topic topic(String words, String text) {
    return new Topic(Pattern.compile("\\b(?:" + words + ")\\b", Pattern.CASE_INSENSITIVE), text);
  }

  /**
   * Returns the text that best fits a question. Its first line counts more than the rest, which may
   * be details: in a JSON object, a member {@code message} counts more than the others.
   */
  static String of(String question) {
    int end = question.indexOf('\n');
    String first = end < 0 ? question : question.substring(0, end);
    String rest = end < 0 ? "" : question.substring(end + 1);
    for (String part : List.of(first, message(rest), rest)) {
      for (Topic topic : TOPICS) {
        if (topic.words.matcher(part).find()) {
          return topic.text;
        }
      }
    }
    return ANY;
  }

  /** Returns an object's member {@code message}; empty if there is none. */
  private static String message(String json) {
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return "";
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = in.currentName().equals("message");
        if (in.nextToken() == JsonToken.VALUE_STRING && wanted) {
          return in.getText();
        }
        in.skipChildren();
      }
      return "";
    } catch (IOException e) { // a question that only begins like JSON
      return "";
    }
  }
}
