package com.gymcoach.bedrock.examples.load;

/** A part of a run with an outage; one without is all before. */
enum Phase {
  /** All is well. */
  BEFORE("before"),
  /** The outage has begun, and not all instances leave the table alone yet. */
  OPENING("opening"),
  /** The outage goes on, and is known. */
  OPEN("outage"),
  /** It is over. */
  AFTER("after");

  private final String title;

  Phase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
