/** Integration with OpenTelemetry. */
@NullMarked
package com.gymcoach.bedrock.opentelemetry;

import org.jspecify.annotations.NullMarked;
