/** GymCoach's AI service on this machine: what API Gateway, DynamoDB and Bedrock do is played. */
@NullMarked
package com.gymcoach.bedrock.examples.local;

import org.jspecify.annotations.NullMarked;
