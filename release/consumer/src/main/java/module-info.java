/** A service that uses every module of the library that is not for tests or for Spring. */
module consumer {
  requires com.gymcoach.bedrock.cache;
  requires com.gymcoach.bedrock.cloudwatch;
  requires com.gymcoach.bedrock.dynamodb;
  requires com.gymcoach.bedrock.micrometer;
  requires com.gymcoach.bedrock.opentelemetry;

  // Automatic modules cannot say that they need these.
  requires com.fasterxml.jackson.core;
  requires com.github.benmanes.caffeine;
  requires org.slf4j;

  requires software.amazon.awssdk.awscore;
  requires software.amazon.awssdk.core;
  requires software.amazon.awssdk.services.bedrockruntime;
}
