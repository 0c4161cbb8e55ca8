package com.gymcoach.bedrock.examples.load;

/** A phase of a run with an outage. A run without one is all in the first phase. */
enum Phase {
  /** Before the outage. */
  BEFORE("before"),
  /** The outage has begun, and some instances still use the table. */
  OPENING("opening"),
  /** The outage continues, and all instances have stopped using the table. */
  OPEN("outage"),
  /** After the outage. */
  AFTER("after");

  private final String title;

  Phase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
