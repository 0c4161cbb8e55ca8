/** What the cache does, as CloudWatch metrics. */
@NullMarked
package com.gymcoach.bedrock.cloudwatch;

import org.jspecify.annotations.NullMarked;
