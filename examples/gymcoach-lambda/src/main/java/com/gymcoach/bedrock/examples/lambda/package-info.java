/** GymCoach's AI service as an AWS Lambda function: an example for service teams to copy. */
@NullMarked
package com.gymcoach.bedrock.examples.lambda;

import org.jspecify.annotations.NullMarked;
