package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Members.number;
import static com.gymcoach.bedrock.examples.lambda.Members.object;
import static com.gymcoach.bedrock.examples.lambda.Members.text;
import static com.gymcoach.bedrock.examples.lambda.Members.texts;

/**
 * A question for the model.
 *
 * @param endpoint the name, for the cache and the metrics
 * @param request the first line of the user's request, followed by the members
 * @param task the model's task, for the system prompt
 * @param members the members that a request may have
 * @param reply the reply's member that has the answer
 */
record Question(String endpoint, String request, String task, Members members, String reply) {
  static final Question CHAT =
      new Question(
          "chat",
          "Answer my message.",
          "Answer the user's message in at most 200 words; the context is what is known of the user.",
          Members.of(
              text("message", 2_000).required(),
              text(
                  "conversationId",
                  "[A-Za-z0-9._-]{0,128}",
                  "a text of at most 128 letters, digits and ._-"),
              object("context", 16_000)),
          "response");

  static final Question WORKOUT_PLAN =
      new Question(
          "workout-plan",
          "Make a workout plan.",
          "Write a training plan of as many weeks as the duration says: for each week and training day"
              + " the exercises with sets, repetitions and rest, and how to progress. Use only the"
              + " equipment named, and none if none is named.",
          Members.of(
              texts("goals").required(),
              number("duration", 1, 52).orElse(4),
              number("daysPerWeek", 1, 7).orElse(3),
              texts("equipment")),
          "plan");

  static final Question MEAL_PLAN =
      new Question(
          "meal-plan",
          "Make a meal plan: what to eat at each meal.",
          "Write a meal plan with portions and protein for each meal. Never use anything that the user"
              + " is allergic to, in whatever form, and keep to every dietary restriction. The duration"
              + " is in days, a week if it is not given; the calorie target is in kcal a day.",
          Members.of(
              texts("goals").required(),
              texts("dietaryPreferences"),
              texts("allergies"),
              texts("dietaryRestrictions"),
              number("duration", 1, 31),
              number("mealsPerDay", 1, 10),
              number("calorieTarget", 500, 10_000)),
          "plan");

  static final Question PROGRESS =
      new Question(
          "progress-analysis",
          "Analyze my progress over this time.",
          "Tell how to judge progress over the time range named, what to compare, and what to change"
              + " next. Do not invent figures that you were not given.",
          Members.of(text("timeRange", 1_000).orElse("30 days")),
          "analysis");

  static final Question FORM_CHECK =
      new Question(
          "form-check",
          "Check my form.",
          "Give five short tips on the form of the exercise, the most important first, and one sign at"
              + " which to stop.",
          Members.of(text("exerciseName", 1_000).required(), text("issueDescription", 1_000)),
          "formTips");

  static final Question MOTIVATION =
      new Question(
          "motivation",
          "Motivate me.",
          "Write a short, honest motivating message of at most 80 words.",
          Members.of(text("context", 1_000)),
          "motivation");

  static final Question NUTRITION =
      new Question(
          "nutrition-analysis",
          "Analyze what I eat.",
          "Tell what is good about the food described, what is missing or too much, and what to change"
              + " first. Keep to every restriction and allergy that is named. Do not invent figures.",
          Members.anyUpTo(16_000),
          "analysis");

  static final Question SUBSTITUTION =
      new Question(
          "exercise-substitution",
          "Find other exercises for this one.",
          "Name three exercises that train the same muscles as the one described, with sets and"
              + " repetitions, the best first. Use only the equipment named, and nothing that loads an"
              + " injury named.",
          Members.anyUpTo(16_000),
          "substitution");

  static final Question PERFORMANCE =
      new Question(
          "performance-analysis",
          "Analyze my performance.",
          "Tell what the results described show, where there is progress and where not, and what to"
              + " train next. Do not invent figures that you were not given.",
          Members.anyUpTo(16_000),
          "analysis");
}
