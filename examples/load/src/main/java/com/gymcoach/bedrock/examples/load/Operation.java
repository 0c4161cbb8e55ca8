package com.gymcoach.bedrock.examples.load;

/** An operation of Bedrock. */
enum Operation {
  CONVERSE("Converse", false),
  CONVERSE_STREAM("ConverseStream", true),
  INVOKE_MODEL("InvokeModel", false),
  INVOKE_MODEL_STREAM("InvokeModelWithResponseStream", true);

  private final String awsName;
  private final boolean isStream;

  Operation(String awsName, boolean isStream) {
    this.awsName = awsName;
    this.isStream = isStream;
  }

  static Operation of(boolean invokesModel, boolean isStream) {
    if (invokesModel) {
      return isStream ? INVOKE_MODEL_STREAM : INVOKE_MODEL;
    }
    return isStream ? CONVERSE_STREAM : CONVERSE;
  }

  /** Returns the operation of a name in Bedrock's API. */
  static Operation named(String awsName) {
    for (Operation operation : values()) {
      if (operation.awsName.equals(awsName)) {
        return operation;
      }
    }
    throw new IllegalArgumentException("There is no operation " + awsName);
  }

  /** Returns the operation's name in Bedrock's API. */
  String awsName() {
    return awsName;
  }

  /** Returns whether the answer is a stream. */
  boolean isStream() {
    return isStream;
  }
}
