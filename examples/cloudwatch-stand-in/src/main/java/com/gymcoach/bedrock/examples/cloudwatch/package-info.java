/** What CloudWatch makes of metrics and alarms, as far as this repository's templates use it. */
@NullMarked
package com.gymcoach.bedrock.examples.cloudwatch;

import org.jspecify.annotations.NullMarked;
