/** GymCoach's AI service as an AWS Lambda function: what a service team copies. */
@NullMarked
package com.gymcoach.bedrock.examples.lambda;

import org.jspecify.annotations.NullMarked;
