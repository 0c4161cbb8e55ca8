/**
 * GymCoach's AI service on this machine. API Gateway is simulated. DynamoDB and Bedrock are too, or
 * are the real ones.
 */
@NullMarked
package com.gymcoach.bedrock.examples.local;

import org.jspecify.annotations.NullMarked;
