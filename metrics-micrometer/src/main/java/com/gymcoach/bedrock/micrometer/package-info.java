/** Integration with Micrometer: metrics, and context-propagation. */
@NullMarked
package com.gymcoach.bedrock.micrometer;

import org.jspecify.annotations.NullMarked;
