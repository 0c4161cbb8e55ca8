package com.gymcoach.bedrock.examples.replay.logs;

/** The ways to say that two calls ask the same. */
enum View {
  /** Equal bodies as they are logged, whoever sent them. */
  EXACT("exact repeats"),

  /** Equal keys after canonicalisation, one answer for all users. */
  SHARED("shared by all"),

  /** Equal keys after canonicalisation, an answer for each user or identity. */
  SCOPED("one per user");

  private final String title;

  View(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
