/** Reports the cache's activity as CloudWatch metrics. */
@NullMarked
package com.gymcoach.bedrock.cloudwatch;

import org.jspecify.annotations.NullMarked;
